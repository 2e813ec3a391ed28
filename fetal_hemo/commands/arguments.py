"""Arguments that several verbs share."""

from __future__ import annotations

from argparse import ArgumentParser

NOT_A_DIAGNOSIS = "It ranks who needs a (repeat) cuff reading; it never diagnoses."


def add_cohort(parser: ArgumentParser) -> None:
    """The cohort's folder."""
    parser.add_argument("cohort", metavar="COHORT", help="folder with manifest.csv and its audio")


def add_run(parser: ArgumentParser) -> None:
    """What every training needs."""
    text = "settings that differ from the default"
    parser.add_argument("--recipe", metavar="FILE.toml", help=text)
    parser.add_argument("--out", required=True, metavar="RUN", help="run folder to make")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")


def add_json(parser: ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
