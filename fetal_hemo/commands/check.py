"""`fetal-hemo check`: judge a cohort before time is spent on it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from fetal_hemo.commands.arguments import add_cohort, add_json, add_parallel
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_DATA, EXIT_OK
from firmware_bridge.output import print_json, print_text

if TYPE_CHECKING:
    from fetal_hemo.recordings.check_report import CheckReport

HELP = "judge a cohort before time is spent on it"
DETAILS = (
    "Units, ranges and missing values, sound that stands there twice (louder, cut, converted), one "
    "woman under two names, visits out of order, whatever predicts the label without a fetus, and "
    "how sharply a study of this size can measure. The cohort is never changed."
)
PAGE = "check.html"


def add_arguments(parser: ArgumentParser) -> None:
    """The cohort, what it is judged with, and where the page goes."""
    add_cohort(parser)
    text = "split or cross-validation folds to be judged with it"
    parser.add_argument("--splits", metavar="FILE.json", help=text)
    text = "recipe with the thresholds and the share of test women"
    parser.add_argument("--recipe", metavar="FILE.toml", help=text)
    text = f"folder, outside the cohort, for {PAGE} and check.json"
    parser.add_argument("--out", metavar="FOLDER", help=text)
    add_parallel(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when training can begin, 3 when not."""
    from fetal_hemo.recipe import load_recipe
    from fetal_hemo.recordings.check import check_cohort
    from fetal_hemo.recordings.cohort import outside
    from fetal_hemo.report.check_report import write_check_report

    out = outside(args.out, args.cohort) if args.out else None
    report = check_cohort(
        args.cohort,
        load_recipe(args.recipe),
        splits=args.splits,
        progress=ProgressLine("check"),
        jobs=args.jobs,
        dask=args.dask,
    )
    if out is not None:
        write_check_report(report, out)
    if args.json:
        print_json(report.to_dict())
    else:
        print_text("\n".join([*_lines(report), _page_line(args)]))
    return EXIT_OK if report.ready else EXIT_DATA


def _lines(report: CheckReport) -> list[str]:
    lines = [f"defect: {line}" for line in report.defects]
    lines += [f"warning: {line}" for line in report.warnings]
    lines += [f"next {place}: {step}" for place, step in enumerate(report.next_steps, start=1)]
    return [*lines, report.verdict]


def _page_line(args: Namespace) -> str:
    if args.out:
        return f"report: {args.out}/{PAGE}"
    return "`--out FOLDER` writes the page with pictures and tables."
