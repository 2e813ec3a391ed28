"""Power cuts during updates, replayed from what really was written; a good bundle is always left.

    python update_power_cuts.py FOLDER CUTS SEED SIGNER.pub FIRST.fhb SECOND.fhb ...

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

from disk import acknowledgement, read_changes, replayed
from shim import arm, in_child
from update_faults import in_use

from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots


def update_all(place: Path, log: int, trust: str, bundles: list[str]) -> None:
    """One update after the other; each version is noted once it is acknowledged."""
    arm(place, 0, 0, log)
    for bundle in bundles:
        version = install(bundle, [trust], Slots(place)).manifest["version"]
        os.write(log, acknowledgement(version.encode()))


def main(folder: Path, cuts: int, seed: int, trust: str, bundles: list[str]) -> None:
    draw = random.Random(seed)
    place, log_file, left = folder / "place", folder / "log", folder / "left"
    place.mkdir()
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    status, _ = in_child(lambda _: update_all(place, log, trust, bundles))
    assert status == 0, status
    changes = list(read_changes(log_file.read_bytes()))
    told, happened = "none", Counter[str]()
    chosen = draw.choices(range(1, len(changes) + 1), k=cuts)
    for _, more in replayed(changes, chosen, place, left, draw):
        told = (more or [told])[-1]
        happened[f"told {told}, then {in_use(left)}"] += 1
    print(json.dumps({"cuts": cuts, "changes": len(changes), "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
