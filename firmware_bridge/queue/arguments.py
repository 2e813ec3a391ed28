"""What the `queue` verb and `screen --queue` understand."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

HELP = "results that wait for a receiver: list, export, flush, drift"


def add_queue_option(parser: ArgumentParser) -> None:
    """Give `screen` its queue."""
    text = "put each result into this queue before it is shown"
    parser.add_argument("--queue", metavar="DB", help=text)
    text = "seal the queue with the key in this file; made on first use"
    parser.add_argument("--queue-key", metavar="FILE", help=text)


def add_queue_arguments(parser: ArgumentParser) -> None:
    """Give `parser` the verbs of a queue."""
    verbs = parser.add_subparsers(dest="queue_verb", required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="what is in it, in order")
    exported = verbs.add_parser("export", help="all of it as FHIR transactions; nothing is noted")
    flushed = verbs.add_parser("flush", help="hand over what waits, and note what is confirmed")
    drift = verbs.add_parser("drift", help="how far the sound is from the model's reference")
    for verb in (listed, exported, flushed, drift):
        verb.add_argument("queue", metavar="DB", help="the queue's file")
        verb.add_argument("--json", action="store_true", help="JSON on standard output")
    for verb in (listed, exported, flushed):
        verb.add_argument("--key", metavar="FILE", help="key file of a sealed queue")
    exported.add_argument("--to", required=True, metavar="DIR", help="folder for the files")
    flushed.add_argument("--to", required=True, metavar="DIR|URL", help="folder, or FHIR server")
    flushed.add_argument("--token", metavar="FILE", help="bearer token for the server")
    flushed.add_argument("--plain-http", action="store_true", help="allow http to other machines")
    text = "tries for each result (default 4)"
    flushed.add_argument("--attempts", type=_attempts, default=4, metavar="N", help=text)
    drift.add_argument("--bundle", metavar="FILE.fhb", help="model, instead of the one in use")
    text = "public key of a signer to accept besides"
    drift.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)


def run_queue(args: Namespace) -> int:
    """The exit status of a queue's verb."""
    from firmware_bridge.queue import command

    return command.VERBS[args.queue_verb](args)


def _attempts(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ArgumentTypeError(f"{text} is not a number from 1 to 100")
    return int(text)
