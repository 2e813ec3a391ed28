"""Power cuts while results are stored and confirmed, replayed from what really was written.

    python queue_power_cuts.py FOLDER CUTS RESULTS SEED

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from power import Power, Tell
from results import MANIFEST, abstained

from firmware_bridge.fhir import transaction_id
from firmware_bridge.queue.outbox import Outbox


def store(queue: Path, results: int, tell: Tell) -> None:
    """Open, store and confirm, several times over; each step is told once it is acknowledged."""
    for number in range(results):
        with Outbox.open(queue, create=True) as outbox:
            for part in (number, number + results):
                name = transaction_id(abstained(part))
                outbox.put(abstained(part), MANIFEST)
                tell(f"stored {name}")
                if part % 2:
                    outbox.confirm(name)
                    tell(f"confirmed {name}")


def main(folder: Path, cuts: int, results: int, seed: int) -> None:
    power = Power(folder, lambda tell: store(folder / "place" / "q.db", results, tell))
    told, lost, unreadable = set[str](), 0, 0
    for cut, more in power.cuts(cuts, random.Random(seed)):
        told.update(more)
        try:
            with Outbox.open(power.left / "q.db", create=True) as outbox:
                found = list(outbox.records())
        except Exception as error:
            unreadable += 1
            print(cut, repr(error), file=sys.stderr)
            continue
        there = {f"stored {record.id}" for record in found}
        there |= {f"confirmed {record.id}" for record in found if record.handed_over}
        lost += bool(told - there)
    tried = {"seed": seed, "cuts": cuts, "changes": len(power.changes), "acknowledged": len(told)}
    print(json.dumps({**tried, "cuts_with_a_loss": lost, "unreadable": unreadable}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
