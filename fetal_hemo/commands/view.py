"""`fetal-hemo view`: a screened recording on one page."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import NOT_A_DIAGNOSIS
from firmware_bridge.output import print_text

HELP = "show a screened recording on one page"
DETAILS = f"Waveform, time-frequency, heart rate, quality, beats; opens offline. {NOT_A_DIAGNOSIS}"


def add_arguments(parser: ArgumentParser) -> None:
    """Recording, page and model."""
    parser.add_argument("file", metavar="FILE", help="WAV, FLAC, OGG or MP3 recording")
    parser.add_argument("--out", required=True, metavar="PAGE", help=".html, .png or .svg to write")
    parser.add_argument("--bundle", metavar="FILE.fhb", help="model to use, instead of the shipped")
    text = "add what the model attended to and what it needed, with checks (.html; takes seconds)"
    parser.add_argument("--explain", action="store_true", help=text)
    text = "public key of a signer to accept, besides the shipped one and your own"
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)


def run(args: Namespace) -> int:
    """The exit status of `screen`: 0 screened, 3 refused, 4 abstained."""
    from fetal_hemo.report.view import view_recording
    from firmware_bridge.errors import FetalHemoError
    from firmware_bridge.result import Refused
    from firmware_bridge.screen_command import exit_status
    from firmware_bridge.stdout_guard import keep_stdout_clean

    keep_stdout_clean()
    result = view_recording(args.file, args.out, args.bundle, args.trust, args.explain)
    if isinstance(result, Refused):
        line = FetalHemoError(result.code, result.what, args.file, result.fix).line()
        print(line, file=sys.stderr)
    print_text(f"{result.outcome}: {args.out}")
    return exit_status([result])
