"""`fetal-hemo bench`: speed and memory of a bundle on this machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_json
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_json, print_text

HELP = "measure a bundle's speed and memory on this machine"


def add_arguments(parser: ArgumentParser) -> None:
    """The bundle."""
    text = "model to measure (default: the shipped one)"
    parser.add_argument("bundle", nargs="?", metavar="MODEL.fhb", help=text)
    text = "its signer"
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the bundle was measured."""
    from fetal_hemo.bench import as_text, bench

    measured = bench(args.bundle, tuple(args.trust))
    print_json(measured) if args.json else print_text(as_text(measured))
    return EXIT_OK
