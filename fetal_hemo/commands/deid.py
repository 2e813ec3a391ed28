"""`fetal-hemo deid`: a copy of a cohort that names nobody."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from fetal_hemo.commands.arguments import add_cohort, add_json
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import ProgressLine
from firmware_bridge.output import print_json, print_text

if TYPE_CHECKING:
    from fetal_hemo.deid import Deidentified, Scan

HELP = "copy a cohort without names, tags and speech"
DETAILS = "The key file says which study id was whom: keep it apart. Listen before you share."


def add_arguments(parser: ArgumentParser) -> None:
    """The cohort, and what becomes of it."""
    add_cohort(parser)
    parser.add_argument("--out", metavar="NEW", help="folder to make: the de-identified cohort")
    text = "file to make: study id to source; outside both folders, readable by you only"
    parser.add_argument("--key", metavar="KEYFILE", help=text)
    text = "put silence where speech is found (it is listed in any case)"
    parser.add_argument("--silence-speech", action="store_true", help=text)
    text = "put noise with the same loudness there instead: the heart rate stays measurable"
    parser.add_argument("--keep-beat", action="store_true", help=text)
    text = "keep a column that is not a known one; may be given several times"
    parser.add_argument("--keep-column", metavar="NAME", action="append", default=[], help=text)
    text = "put age, BMI and parity into bands"
    parser.add_argument("--coarsen", action="store_true", help=text)
    text = (
        "write nothing, only count what identifies in the source; 3 if anything does, "
        "7 if not all files could be searched"
    )
    parser.add_argument("--scan", action="store_true", help=text)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 all copied, 7 some left out; with `--scan` 3 found, 7 not all seen."""
    outcome = _scan(args) if args.scan else _deidentify(args)
    if args.json:
        print_json(outcome.to_dict())
    else:
        print_text(outcome.text())
    return outcome.exit_status


def _scan(args: Namespace) -> Scan:
    from fetal_hemo.deid import scan_cohort

    return scan_cohort(args.cohort, ProgressLine("deid --scan"))


def _deidentify(args: Namespace) -> Deidentified:
    from fetal_hemo.deid import Choices, deidentify

    if not (args.out and args.key):
        raise FetalHemoError("E-USAGE", "--out and --key are needed", fix="or --scan to look only")
    if args.keep_beat and args.silence_speech:
        fix = "--silence-speech leaves nothing of the words, --keep-beat the heart rate"
        raise FetalHemoError("E-USAGE", "--silence-speech or --keep-beat, not both", fix=fix)
    silence = "beat" if args.keep_beat else "mute" if args.silence_speech else None
    choices = Choices(silence, tuple(dict.fromkeys(args.keep_column)), args.coarsen)
    done = deidentify(args.cohort, args.out, args.key, choices, ProgressLine("deid"))
    for failure in done.failures:
        print(failure.line(), file=sys.stderr)
    return done
