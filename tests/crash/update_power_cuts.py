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

from disk import ACKNOWLEDGED
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
    told = [c.data.decode() for c in power.changes if c.kind == ACKNOWLEDGED]
    versions = [in_use(folder / "nothing"), *told]  # the one that ships is there before the first
    done, lost, happened = 0, 0, Counter[str]()
    for cut, more in power.cuts(cuts, random.Random(seed)):
        done += len(more)
        then = in_use(power.left)
        if then not in versions[done : done + 2]:  # or the one that was on its way
            lost += 1
            print(f"cut {cut}: told {versions[done]}, then {then}", file=sys.stderr)
        happened[f"told {versions[done]}, then {then}"] += 1
    tried = {"seed": seed, "cuts": cuts, "changes": len(power.changes), "acknowledged": len(told)}
    print(json.dumps({**tried, "cuts_with_a_loss": lost, "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
