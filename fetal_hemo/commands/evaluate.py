"""`fetal-hemo evaluate`: how well a run scores women it never saw."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fetal_hemo.commands.arguments import add_cohort, add_json
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_json, print_text

HELP = "score the women a run never saw"
DETAILS = "Every headline stands beside baselines and negative controls."


def add_arguments(parser: ArgumentParser) -> None:
    """Run, cohort and study."""
    parser.add_argument("run_folder", metavar="RUN", help="fine-tuned run")
    add_cohort(parser)
    parser.add_argument("--out", required=True, metavar="STUDY", help="folder to make")
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the study is written."""
    from fetal_hemo.training import evaluate

    metrics = evaluate(args.run_folder, args.cohort, args.out, ProgressLine("evaluate"))
    if args.json:
        print_json(metrics)
    else:
        said = [metrics["verdict"], metrics["leakage"]["verdict"]]
        print_text("\n".join([*said, f"report: {Path(args.out) / 'report.html'}"]))
    return EXIT_OK
