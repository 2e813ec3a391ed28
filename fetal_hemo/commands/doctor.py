"""`fetal-hemo doctor`: is this installation complete?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_json
from firmware_bridge.errors import EXIT_BUG, EXIT_OK
from firmware_bridge.output import print_json, print_text

HELP = "say what this installation can do"


def add_arguments(parser: ArgumentParser) -> None:
    """`--json`."""
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the device install is complete and the shipped model is right here."""
    from fetal_hemo.doctor import as_text, doctor

    facts = doctor()
    print_json(facts) if args.json else print_text(as_text(facts))
    whole = facts["device"]["complete"] and facts["default_bundle"]["ok"]
    return EXIT_OK if whole else EXIT_BUG
