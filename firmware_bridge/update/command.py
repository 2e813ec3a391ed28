"""The `update` verb: put a new model into use, go back to the one before, say which is in use."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from firmware_bridge.errors import EXIT_OK, FetalHemoError

HELP = "put a new model into use, go back to the one before, or say which is in use"


def add_update_arguments(parser: ArgumentParser) -> None:
    """Give `parser` the arguments that `run_update` reads."""
    parser.add_argument("bundle", nargs="?", metavar="NEW.fhb", help="model to put into use")
    parser.add_argument("--rollback", action="store_true", help="go back to the model before")
    text = "public key of its signer; kept with it"
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)
    text = "folder of the two slots (default: $FETAL_HEMO_SLOTS, else your state folder)"
    parser.add_argument("--slots", metavar="DIR", help=text)
    parser.add_argument("--json", action="store_true", help="JSON on standard output")


def run_update(args: Namespace) -> int:
    """0 when the model named is now in use; without one, says which is."""
    from firmware_bridge.output import print_json, print_text
    from firmware_bridge.stdout_guard import keep_stdout_clean
    from firmware_bridge.update.active import open_active
    from firmware_bridge.update.install import go_back, install
    from firmware_bridge.update.slots import Slots

    if args.rollback and args.bundle is not None:
        raise FetalHemoError("E-USAGE", "a new model or --rollback, not both")
    keep_stdout_clean()
    slots = Slots(args.slots)
    if args.rollback:
        bundle = go_back(slots, args.trust)
    elif args.bundle is not None:
        bundle = install(args.bundle, args.trust, slots)
    else:
        bundle = open_active(None, args.trust, slots)
    if args.json:
        print_json(_described(bundle, slots))
    else:
        manifest = bundle.manifest
        counter = f"counter {manifest['counter']}"
        print_text(f"in use: {manifest['name']} {manifest['version']}, {counter}")
    return EXIT_OK


def _described(bundle: Any, slots: Any) -> dict[str, Any]:
    from firmware_bridge.update.content import is_allowed

    state = slots.read()
    previous = None if state is None else state.previous
    known = ("name", "version", "counter", "simulated")
    return {
        **{key: bundle.manifest[key] for key in known},
        "sha256": bundle.sha256,
        "slot": None if state is None else state.active,
        "trial": state is not None and state.trial,
        "can_roll_back": previous is not None and is_allowed(slots, previous),
    }
