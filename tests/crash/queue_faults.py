"""Every storage call of a queue fails once, in each way; what was acknowledged is there after.

    python queue_faults.py FOLDER KIND FIRST_RESULTS NEW_RESULTS

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

from results import MANIFEST, abstained
from shim import KINDS, arm, calls, in_child

from firmware_bridge.fhir import transaction_id
from firmware_bridge.queue.outbox import Outbox


def put_some(folder: Path, first: int, count: int, told: int) -> None:
    """Store results, and tell the id of each as soon as it is acknowledged."""
    with Outbox.open(folder / "q.db", create=True) as outbox:
        for number in range(first, first + count):
            result = abstained(number)
            outbox.put(result, MANIFEST)
            os.write(told, transaction_id(result).encode() + b"\n")


def main(folder: Path, kind: str, earlier: int, new: int) -> None:
    happened: Counter[str] = Counter()
    before = folder / "before"
    before.mkdir()
    if earlier:
        in_child(lambda told: put_some(before, 0, earlier, told))
    at, lost, unreadable = 0, 0, 0
    while True:
        at += 1
        place = folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before, place)

        def work(told: int, at: int = at, place: Path = place) -> None:
            arm(place, at, KINDS[kind])
            put_some(place, earlier, new, told)
            if calls() < at:  # nothing was left to fail
                os.write(told, b"whole\n")

        status, said = in_child(work)
        acknowledged = said.decode().splitlines()
        happened[{0: "went on", 6: "exit 6", -9: "killed"}.get(status, f"status {status}")] += 1
        try:
            with Outbox.open(place / "q.db", create=True) as outbox:
                there = {record.id for record in outbox.records()}
                outbox.put(abstained(10**6), MANIFEST)
        except Exception as error:
            unreadable += 1
            print(repr(error), file=sys.stderr)
            continue
        known = {transaction_id(abstained(number)) for number in range(earlier)}
        lost += len((known | set(acknowledged) - {"whole"}) - there)
        if "whole" in acknowledged:
            break
    tried = {"kind": kind, "calls": at - 1, "lost": lost, "unreadable": unreadable}
    print(json.dumps({**tried, "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
