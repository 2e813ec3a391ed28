"""`fetal-hemo report`: the report of a run or study, written anew."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_text

HELP = "write the report of a run or study anew"


def add_arguments(parser: ArgumentParser) -> None:
    """The run."""
    parser.add_argument("run_folder", metavar="RUN", help="run or study folder")


def run(args: Namespace) -> int:
    """0 when the report of a run is written anew from its numbers."""
    from fetal_hemo.training.rewrite_report import rewrite_report

    print_text(f"report: {rewrite_report(args.run_folder)}")
    return EXIT_OK
