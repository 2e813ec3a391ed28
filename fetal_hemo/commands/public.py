"""`fetal-hemo public`: a public data set as a cohort."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from fetal_hemo.commands.arguments import add_json
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK, EXIT_PARTIAL
from firmware_bridge.output import print_json, print_text

HELP = "make a cohort of a public data set"
DETAILS = (
    "ctu-uhb: fetal heart rate in labour with clinical labels, no sound (WFDB, ODC-By 1.0). "
    "A stopped run goes on where it was."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Data set, source and place."""
    parser.add_argument("data_set", choices=("ctu-uhb",), metavar="ctu-uhb", help="data set")
    text = "folder with its records (default: fetched from PhysioNet)"
    parser.add_argument("--from", dest="source", metavar="FOLDER", help=text)
    parser.add_argument("--out", required=True, metavar="COHORT", help="folder to make")
    text = "folds of women in splits.json (default 5)"
    parser.add_argument("--folds", type=int, default=5, help=text)
    parser.add_argument("--seed", type=int, default=0, help="of the folds (default 0)")
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the cohort is complete, 7 when records were passed over."""
    from fetal_hemo.recordings.public import make_ctu_uhb

    progress = ProgressLine("public")
    made = make_ctu_uhb(args.out, args.source, args.folds, args.seed, progress)
    for _, line in made.passed_over:
        print(f"passed over: {line}", file=sys.stderr)
    if args.json:
        print_json(asdict(made))
    else:
        print_text(
            f"{args.data_set}: {made.women} women, "
            f"{made.positive['hypertension_or_preeclampsia']} with hypertension or pre-eclampsia, "
            f"{made.positive['ph_le_7_05']} newborns with pH 7.05 or less, "
            f"{len(made.passed_over)} records passed over: {args.out}"
        )
    return EXIT_PARTIAL if made.passed_over else EXIT_OK
