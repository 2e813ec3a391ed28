"""`screen` and `verify` on the command line; the workstation's `fetal-hemo` uses the same."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from firmware_bridge.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_USAGE, FetalHemoError


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line with a code."""

    def error(self, message: str) -> NoReturn:
        """Print `E-USAGE: ...` on standard error and leave with status 2."""
        line = FetalHemoError("E-USAGE", message, fix=f"see {self.prog} --help").line()
        self.exit(EXIT_USAGE, line + "\n")


def add_screen_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments that `run_screen` reads."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="WAV, FLAC, OGG or MP3 recording")
    parser.add_argument("--bundle", metavar="FILE.fhb", help="model to use, instead of the shipped")
    _add_common_arguments(parser)
    parser.add_argument("--fhir", metavar="DIR", help="also write a FHIR R4B transaction for each")


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments that `run_verify` reads."""
    parser.add_argument("bundle", metavar="FILE.fhb", help="model to check")
    text = "from now on refuse older releases of it on this device"
    parser.add_argument("--adopt", action="store_true", help=text)
    _add_common_arguments(parser)


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust",
        metavar="FILE.pub",
        action="append",
        default=[],
        help="public key of a signer to accept, besides the shipped one and your own",
    )
    parser.add_argument("--json", action="store_true", help="results as JSON on standard output")


def run_screen(args: argparse.Namespace) -> int:
    """The exit status after screening `args.files`; results go to standard output."""
    from firmware_bridge.screen_command import screen_files

    return screen_files(args.files, args.bundle, args.trust, args.json, args.fhir)


def run_verify(args: argparse.Namespace) -> int:
    """The exit status after checking `args.bundle`; what it is goes to standard output."""
    from firmware_bridge.verify_command import verify_bundle

    return verify_bundle(args.bundle, args.trust, args.json, args.adopt)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of `python -m firmware_bridge`."""
    args = _parser().parse_args(argv)
    try:
        return args.run(args)
    except FetalHemoError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print(FetalHemoError("E-INTERRUPTED", "stopped by the user").line(), file=sys.stderr)
        return EXIT_INTERRUPTED
    except Exception as error:
        print(bug_line(error), file=sys.stderr)
        return EXIT_BUG


def bug_line(error: BaseException) -> str:
    """One line on an error of ours: its kind and the place in the code, nothing of the data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    what = f"{type(error).__name__} (an error of ours)"
    return FetalHemoError("E-BUG", what, at, "please report this line").line()


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m firmware_bridge",
        description="Screen fetal Doppler recordings with a signed model. "
        "It ranks who needs a (repeat) cuff reading; it never diagnoses.",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB", parser_class=OneLineParser)
    screen = verbs.add_parser("screen", help="heart rate, quality and a probability of recordings")
    add_screen_arguments(screen)
    screen.set_defaults(run=run_screen)
    verify = verbs.add_parser("verify", help="check a model's signature, hashes and self-test")
    add_verify_arguments(verify)
    verify.set_defaults(run=run_verify)
    return parser
