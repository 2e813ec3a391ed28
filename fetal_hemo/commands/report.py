"""`fetal-hemo report`: the report of a run or study, written anew, or two studies side by side."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from firmware_bridge.errors import EXIT_OK, FetalHemoError
from firmware_bridge.output import print_text

HELP = "write the report of a run or study anew"
DETAILS = (
    "Every number of a study is computed again from its saved scores; nothing is trained. STUDY_A "
    "STUDY_B --out PAGE.html: both side by side, with the paired difference on shared recordings."
)


def add_arguments(parser: ArgumentParser) -> None:
    """One run, or two studies and the page."""
    text = "run or study folder, or two studies"
    parser.add_argument("run_folders", metavar="RUN", nargs="+", help=text)
    text = "page to write of two studies; the report of one stands in its folder"
    parser.add_argument("--out", metavar="PAGE.html", help=text)


def run(args: Namespace) -> int:
    """0 when the report is written."""
    wanted = 2 if args.out else 1
    if len(args.run_folders) != wanted:
        what = f"takes one folder, or two and --out, not {len(args.run_folders)} folders"
        raise FetalHemoError("E-USAGE", what, fix="see fetal-hemo report --help")
    if args.out:
        from fetal_hemo.training.compare import compare

        print_text(f"comparison: {compare(args.run_folders[0], args.run_folders[1], args.out)}")
        return EXIT_OK
    from fetal_hemo.training.rewrite_report import rewrite_report

    print_text(f"report: {rewrite_report(args.run_folders[0])}")
    return EXIT_OK
