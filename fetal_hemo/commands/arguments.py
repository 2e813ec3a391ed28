"""Arguments that several verbs share."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

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


def add_parallel(parser: ArgumentParser) -> None:
    """Where the work is done: processes of this machine, or a cluster."""
    text = "processes (default: as many as there are processors and work for them)"
    parser.add_argument("--jobs", type=_count, metavar="N", help=text)
    text = (
        "Dask scheduler to use instead, tcp://HOST:PORT (extra `cluster`); its workers must see "
        "the same files under the same paths and have the same versions; on a network you trust"
    )
    parser.add_argument("--dask", metavar="ADDRESS", help=text)


def _count(text: str) -> int:
    """A number of processes."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)
