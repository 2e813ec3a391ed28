"""`fetal-hemo check`: judge a cohort before time is spent on it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_cohort, add_json
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_DATA, EXIT_OK
from firmware_bridge.output import print_json, print_text

HELP = "judge a cohort before time is spent on it"


def add_arguments(parser: ArgumentParser) -> None:
    """The cohort."""
    add_cohort(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when training can begin, 3 when not."""
    from fetal_hemo.recordings.check import check_cohort

    report = check_cohort(args.cohort, progress=ProgressLine("check"))
    if args.json:
        print_json(report.to_dict())
    else:
        lines = [f"defect: {line}" for line in report.defects]
        lines += [f"warning: {line}" for line in report.warnings]
        print_text("\n".join([*lines, report.verdict]))
    return EXIT_OK if report.ready else EXIT_DATA
