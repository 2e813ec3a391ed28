"""Power cuts during updates, replayed from what really was written; a good bundle is always left.

    python update_power_cuts.py FOLDER CUTS SEED SIGNER.pub FIRST.fhb SECOND.fhb ...

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

from power import Power, Tell
from update_faults import in_use

from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots


def update_all(place: Path, trust: str, bundles: list[str], tell: Tell) -> None:
    """One update after the other; each version is told once it is acknowledged."""
    for bundle in bundles:
        tell(install(bundle, [trust], Slots(place)).manifest["version"])


def main(folder: Path, cuts: int, seed: int, trust: str, bundles: list[str]) -> None:
    power = Power(folder, lambda tell: update_all(folder / "place", trust, bundles, tell))
    told, happened = "none", Counter[str]()
    for _, more in power.cuts(cuts, random.Random(seed)):
        told = (more or [told])[-1]
        happened[f"told {told}, then {in_use(power.left)}"] += 1
    print(json.dumps({"cuts": cuts, "changes": len(power.changes), "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
