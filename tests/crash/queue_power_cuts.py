"""Power cuts while results are stored and confirmed, replayed from what really was written.

    python queue_power_cuts.py FOLDER CUTS RESULTS SEED

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from disk import acknowledgement, read_changes, replayed
from results import MANIFEST, abstained
from shim import arm, in_child

from firmware_bridge.fhir import transaction_id
from firmware_bridge.queue.outbox import Outbox


def store(place: Path, log: int, results: int) -> None:
    """Open, store and confirm, several times over; each step is noted once it is acknowledged."""
    arm(place, 0, 0, log)
    for number in range(results):
        with Outbox.open(place / "q.db", create=True) as outbox:
            for part in (number, number + results):
                name = transaction_id(abstained(part))
                outbox.put(abstained(part), MANIFEST)
                os.write(log, acknowledgement(f"stored {name}".encode()))
                if part % 2:
                    outbox.confirm(name)
                    os.write(log, acknowledgement(f"confirmed {name}".encode()))


def main(folder: Path, cuts: int, results: int, seed: int) -> None:
    draw = random.Random(seed)
    place, log_file = folder / "place", folder / "log"
    place.mkdir()
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    status, _ = in_child(lambda _: store(place, log, results))
    assert status == 0, status
    changes = list(read_changes(log_file.read_bytes()))
    chosen = draw.choices(range(1, len(changes) + 1), k=cuts)
    told, lost, unreadable, left = set[str](), 0, 0, folder / "left"
    for cut, more in replayed(changes, chosen, place, left, draw):
        told.update(more)
        try:
            with Outbox.open(left / "q.db", create=True) as outbox:
                found = list(outbox.records())
        except Exception as error:
            unreadable += 1
            print(cut, repr(error), file=sys.stderr)
            continue
        there = {f"stored {record.id}" for record in found}
        there |= {f"confirmed {record.id}" for record in found if record.handed_over}
        lost += bool(told - there)
    tried = {"cuts": cuts, "changes": len(changes), "acknowledged": len(told)}
    print(json.dumps({**tried, "cuts_with_a_loss": lost, "unreadable": unreadable}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
