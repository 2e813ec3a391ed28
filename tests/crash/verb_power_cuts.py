"""Power cuts while a verb works, replayed from what really was written.

    python verb_power_cuts.py FOLDER VERB CUTS RESUMED SEED INPUTS

INPUTS holds what the verb works on. After every cut all files are read, after RESUMED of them the
verb is run again. Prints one JSON line: what was tried and what happened.
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
from verb_faults import VERBS, contents, damaged, import_once, went_on

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


def main(folder: Path, verb: str, cuts: int, resumed: int, seed: int, inputs: Path) -> None:
    make, work = VERBS[verb]
    import_once(verb)
    before, whole, place = (folder / name for name in ("before", "whole", "place"))
    before.mkdir()
    assert in_child(lambda _: make(inputs, before))[0] == 0
    shutil.copytree(before, whole)
    assert in_child(lambda _: work(inputs, whole))[0] == 0
    assert unreadable(whole) == []
    shutil.copytree(before, place)
    power = Power(folder, lambda tell: (work(inputs, place), tell("done")))
    found = dict.fromkeys(("harmed", "unreadable", "lost", "different_after", "left_over"), 0)
    draw = random.Random(seed)
    gone_on_with = set(draw.sample(range(cuts), resumed))
    told, states, expected, left = False, set[int](), contents(whole), power.left
    for number, (cut, more) in enumerate(power.cuts(cuts, draw)):
        told |= bool(more)
        states.add(state_of(left))
        wrong = {
            "harmed": damaged(before, left, expected),
            "unreadable": unreadable(left, growing=True),
            "lost": same(left, whole) if told else [],
        }
        if number in gone_on_with:
            again, _ = in_child(lambda _: work(inputs, left))
            failed = [] if went_on(again, left) else [f"status {again}"]
            wrong["different_after"] = failed + same(left, whole) + unreadable(left)
            unfinished = [path.name for path in left.rglob("*") if UNFINISHED.fullmatch(path.name)]
            wrong["left_over"] = unfinished
        for name, what in wrong.items():
            found[name] += bool(what)
        if any(wrong.values()):
            print(f"cut {cut}: {wrong}", file=sys.stderr)
    tried = {"programme": f"power cuts: {verb}", "seed": seed}
    tried |= {"changes": len(power.changes), "cuts": cuts}
    print(json.dumps({**tried, "resumed": resumed, "different_states": len(states), **found}))


if __name__ == "__main__":
    folder, verb, *numbers, inputs = sys.argv[1:]
    main(Path(folder), verb, *map(int, numbers), Path(inputs))
