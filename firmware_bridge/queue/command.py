"""The `queue` verb: list, export, flush, drift."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator

from firmware_bridge import watchdog
from firmware_bridge.errors import EXIT_DATA, EXIT_OK, EXIT_PARTIAL, EXIT_STORAGE, FetalHemoError
from firmware_bridge.lock import only_one
from firmware_bridge.output import print_json, print_text
from firmware_bridge.queue.clock import utc_text
from firmware_bridge.queue.drift import as_text, drift_of
from firmware_bridge.queue.flush import HandOver, flush
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.queue.receivers import receiver
from firmware_bridge.queue.record import Record


def list_queue(args: Namespace) -> int:
    """0 after a line (or JSON document) for each result, in order; 6 if one is damaged."""
    with Outbox.open(args.queue, args.key) as outbox:
        damaged: list[FetalHemoError] = []
        for record in _readable(outbox, damaged):
            if args.json:
                print_json({**_described(record), "result": record.result})
            else:
                print_text(_line(record))
        if not args.json:
            print_text(f"{outbox.waiting()} waiting")
    return EXIT_STORAGE if damaged else EXIT_OK


def export_queue(args: Namespace) -> int:
    """0 after a FHIR transaction file for each result, handed over or not; 6 if one is damaged."""
    written, damaged = 0, list[FetalHemoError]()
    if "://" in args.to:
        raise FetalHemoError("E-USAGE", "export writes into a folder", args.to, "use flush")
    with Outbox.open(args.queue, args.key) as outbox, receiver(args.to) as folder:
        for record in _readable(outbox, damaged):
            folder.take(record)
            written += 1
    if args.json:
        print_json({"written": written})
    else:
        print_text(f"{written} transactions in {args.to}")
    return EXIT_STORAGE if damaged else EXIT_OK


def flush_queue(args: Namespace) -> int:
    """0 when nothing waits any more, 7 when only some was confirmed, 3 when nothing was."""
    with (
        Outbox.open(args.queue, args.key) as outbox,
        only_one(f"{args.queue}.flush", "handing over"),
        receiver(args.to, args.token, args.plain_http) as to,
    ):
        watchdog.ready()
        done = flush(outbox, to, args.attempts)
        waiting = outbox.waiting()
    if args.json:
        print_json({"confirmed": done.confirmed, "waiting": waiting})
    else:
        print_text(f"{done.confirmed} confirmed, {waiting} waiting")
    return _complain(done, waiting)


def show_drift(args: Namespace) -> int:
    """0 after the drift counters of the model in use."""
    from firmware_bridge.update.active import open_active

    bundle = open_active(args.bundle, args.trust)
    with Outbox.open(args.queue, counters_only=True) as outbox:
        found = drift_of(outbox.counts(), bundle.sha256, bundle.manifest.get("reference"))
    if args.json:
        print_json(found)
        return EXIT_OK
    print_text(f"{found['recordings']} recordings, {found['refused']} refused")
    for measure, said in found["measures"].items():
        print_text(f"  {measure}: {as_text(said)}")
    return EXIT_OK


VERBS: dict[str, Callable[[Namespace], int]] = {
    "list": list_queue,
    "export": export_queue,
    "flush": flush_queue,
    "drift": show_drift,
}


def _readable(outbox: Outbox, damaged: list[FetalHemoError]) -> Iterator[Record]:
    """The results that are whole; each of the others is said and added to `damaged`."""
    for sequence in outbox.sequences():
        try:
            yield outbox.read(sequence)
        except FetalHemoError as error:
            damaged.append(error)
            print(error.line(), file=sys.stderr, flush=True)


def _described(record: Record) -> dict[str, object]:
    return {"id": record.id, "handed_over": record.handed_over, **record.stamp.to_json()}


def _line(record: Record) -> str:
    stamp, result = record.stamp, record.result
    doubt = f" (clock {stamp.clock_suspect})" if stamp.clock_suspect else ""
    said = result["band"] or ", ".join(result["reasons"])
    state = "handed over" if record.handed_over else "waiting"
    order = f"boot {stamp.boot} #{stamp.sequence}"
    return f"{order}  {utc_text(stamp.wall_s)}{doubt}  {state}  {result['outcome']}: {said}"


def _complain(done: HandOver, waiting: int) -> int:
    """One line for each result that was not confirmed."""
    if not waiting:
        return EXIT_OK
    for error in done.complaints:
        print(error.line(), file=sys.stderr, flush=True)
    return EXIT_PARTIAL if done.confirmed else EXIT_DATA
