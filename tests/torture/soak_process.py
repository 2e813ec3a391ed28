"""A process that screens one recording after another, and says what it holds after each.

    python -m tests.torture.soak_process < PATHS

Takes one path a line and prints one JSON line for each: the outcome, a hash of the result, and the
memory and descriptors after it. It imports nothing but what a device has.
"""

from __future__ import annotations

import hashlib
import json
import sys

from firmware_bridge.screen import Screener
from tests.torture.held import held


def main() -> None:
    screener = Screener.load()
    for line in sys.stdin:
        found = {**screener.screen_file(line.rstrip("\n")).to_json(), "timing_s": 0}
        said = {
            "outcome": found["outcome"],
            "bits": hashlib.sha256(repr(found).encode()).hexdigest(),
        }
        del found
        print(json.dumps({**said, **held()}), flush=True)


if __name__ == "__main__":
    main()
