"""The device's verbs on the command line; the workstation's `fetal-hemo` uses the same."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from firmware_bridge.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_USAGE, FetalHemoError
from firmware_bridge.interrupt import interrupt_noted
from firmware_bridge.messages import ENGLISH, LANGUAGES
from firmware_bridge.queue import arguments as queue
from firmware_bridge.streams import prepare_streams
from firmware_bridge.update import command as update


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
    _add_output_arguments(parser)


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments that `run_verify` reads."""
    parser.add_argument("bundle", metavar="FILE.fhb", help="model to check")
    text = "from now on refuse older releases of it on this device"
    parser.add_argument("--adopt", action="store_true", help=text)
    _add_common_arguments(parser)


def add_listen_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments that `run_listen` reads."""
    parser.add_argument(
        "--source",
        required=True,
        metavar="SOURCE",
        help="serial:PORT (a probe that speaks the link's protocol), stdin (raw 16-bit samples), "
        "wav:FILE@1x, wav:FILE@max, or sounddevice[:NAME]",
    )
    parser.add_argument("--bundle", metavar="FILE.fhb", help="model to use, instead of the shipped")
    _add_common_arguments(parser)
    _add_output_arguments(parser)
    text = "listen at most so long (default 10)"
    parser.add_argument("--minutes", type=_minutes, default=10.0, metavar="N", help=text)
    text = "go on when the answer is steady, to the end of the sound or of the minutes"
    parser.add_argument("--whole", action="store_true", help=text)
    text = "of the serial port (default 115200)"
    parser.add_argument("--baud", type=int, default=115_200, metavar="N", help=text)
    text = "samples a second on standard input (default 4000)"
    parser.add_argument("--rate", type=int, default=4_000, metavar="HZ", help=text)
    text = "channels on standard input (default 1)"
    parser.add_argument("--channels", type=int, default=1, metavar="N", help=text)
    text = "standard input holds frames of the link's protocol, not raw samples"
    parser.add_argument("--framed", action="store_true", help=text)


def _minutes(text: str) -> float:
    """A time to listen; argparse words the error."""
    minutes = float(text)
    if not 0.1 <= minutes <= 60:
        raise argparse.ArgumentTypeError(f"{text} is not from 0.1 to 60")
    return minutes


def _add_output_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fhir", metavar="DIR", help="also write a FHIR R4B transaction for each")
    queue.add_queue_option(parser)
    text = "of the sentences (default en)"
    parser.add_argument("--language", choices=LANGUAGES, default=ENGLISH, help=text)


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
    from firmware_bridge.screen_command import Output, screen_files

    return screen_files(args.files, args.bundle, args.trust, Output.of(args))


def run_listen(args: argparse.Namespace) -> int:
    """The exit status after listening to `args.source`; the result goes to standard output."""
    from firmware_bridge.listen.command import listen

    return listen(args)


def run_verify(args: argparse.Namespace) -> int:
    """The exit status after checking `args.bundle`; what it is goes to standard output."""
    from firmware_bridge.verify_command import verify_bundle

    return verify_bundle(args.bundle, args.trust, args.json, args.adopt)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of `python -m firmware_bridge`."""
    prepare_streams()
    args = _parser().parse_args(argv)
    with interrupt_noted() as is_interrupt:
        try:
            return args.run(args)
        except FetalHemoError as error:
            print(error.line(), file=sys.stderr)
            return error.exit_status
        except (KeyboardInterrupt, Exception) as error:
            if is_interrupt(error):
                print(
                    FetalHemoError("E-INTERRUPTED", "stopped by the user").line(), file=sys.stderr
                )
                return EXIT_INTERRUPTED
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
    listen = verbs.add_parser("listen", help="screen while the probe is held")
    add_listen_arguments(listen)
    listen.set_defaults(run=run_listen)
    verify = verbs.add_parser("verify", help="check a model's signature, hashes and self-test")
    add_verify_arguments(verify)
    verify.set_defaults(run=run_verify)
    waiting = verbs.add_parser("queue", help=queue.HELP)
    queue.add_queue_arguments(waiting)
    waiting.set_defaults(run=queue.run_queue)
    newer = verbs.add_parser("update", help=update.HELP)
    update.add_update_arguments(newer)
    newer.set_defaults(run=update.run_update)
    return parser
