"""Power cuts while a verb works, replayed from what really was written; then it is run again.

    python verb_power_cuts.py FOLDER VERB CUTS SEED INPUTS

INPUTS holds what the verb works on. Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path

from power import Power
from readable import seen_of_steps, unreadable
from shim import in_child
from verb_faults import VERBS, contents, damaged

from firmware_bridge.store import UNFINISHED


def state_of(place: Path) -> int:
    """The same number for the same files with the same bytes."""
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return hash(tuple((str(path), path.read_bytes()) for path in files))


def same(found: Path, whole: Path) -> list[str]:
    """Files that are not as they would be without any cut, and the steps of a training."""
    there, expected = contents(found), contents(whole)
    differing = [name for name in there | expected if there.get(name) != expected.get(name)]
    return differing + ["steps"] * (seen_of_steps(found) != seen_of_steps(whole))


def went_on(again: int, place: Path) -> bool:
    """Whether a verb went through, or has nothing to do because the run was at its end."""
    runs = [json.loads(path.read_bytes())["status"] for path in place.rglob("run.json")]
    return again == 0 or (again == 3 and runs == ["finished"])


def main(folder: Path, verb: str, cuts: int, seed: int, inputs: Path) -> None:
    make, work = VERBS[verb]
    if verb.startswith("pretrain"):
        import fetal_hemo.training.pretrain  # noqa: F401 (here, and not in every child anew)
    before, whole, place = (folder / name for name in ("before", "whole", "place"))
    before.mkdir()
    assert in_child(lambda _: make(inputs, before))[0] == 0
    shutil.copytree(before, whole)
    assert in_child(lambda _: work(inputs, whole))[0] == 0
    assert unreadable(whole) == []
    shutil.copytree(before, place)
    power = Power(folder, lambda tell: (work(inputs, place), tell("done")))
    found = dict.fromkeys(("harmed", "unreadable", "lost", "different_after", "left_over"), 0)
    told, seen, expected = False, set[tuple[bool, int]](), contents(whole)
    for cut, more in power.cuts(cuts, random.Random(seed)):
        told |= bool(more)
        state = (told, state_of(power.left))
        if state in seen:
            continue
        seen.add(state)
        broken = damaged(before, power.left, expected)
        torn = unreadable(power.left, growing=True)
        lost = same(power.left, whole) if told else []
        again, _ = in_child(lambda _: work(inputs, power.left))
        torn += unreadable(power.left)
        others = same(power.left, whole) + [f"status {again}"] * (not went_on(again, power.left))
        left = [p.name for p in power.left.rglob("*") if UNFINISHED.fullmatch(p.name)]
        wrong = dict(zip(found, (broken, torn, lost, others, left), strict=True))
        for name, what in wrong.items():
            found[name] += bool(what)
        if any(wrong.values()):
            print(f"cut {cut}: {wrong}", file=sys.stderr)
    tried = {"programme": f"power cuts: {verb}", "changes": len(power.changes), "cuts": cuts}
    print(json.dumps({**tried, "different_states": len(seen), **found}))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0]), arguments[1], int(arguments[2]), int(arguments[3]), Path(arguments[4]))
