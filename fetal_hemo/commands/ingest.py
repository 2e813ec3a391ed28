"""`fetal-hemo ingest`: recordings in any format become a cohort."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fetal_hemo.commands.arguments import add_json, add_parallel
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_BUG, EXIT_DATA, EXIT_OK, EXIT_PARTIAL
from firmware_bridge.output import print_json, print_text
from firmware_bridge.printable import printable

if TYPE_CHECKING:
    from fetal_hemo.ingest import IngestSummary

HELP = "make a cohort of recordings in any format"
DETAILS = (
    "WAV, FLAC, OGG and MP3; WFDB, EDF, BDF, HDF5, MAT v5 and npy with the extra `formats`. "
    "Each becomes FLAC at 4 kHz with a sidecar that finds every later damage. "
    "A bad file is listed and passed over, as is other sound, a folder that cannot be listed and a "
    "link that leads nowhere. A stopped run goes on where it was."
)

MOST_NAMES = 3  # in one line


def add_arguments(parser: ArgumentParser) -> None:
    """What to read, where to put it, and what files do not say themselves."""
    text = (
        "recording, or folder to search with all its folders and links; hidden files are left out"
    )
    parser.add_argument("sources", nargs="+", metavar="SRC", help=text)
    parser.add_argument("--out", required=True, metavar="COHORT", help="folder to make")
    text = "CSV with the columns of manifest.csv and paths inside SRC: who is who; edit it there"
    parser.add_argument("--manifest", metavar="FILE", help=text)
    text = "sample rate of the files that do not say theirs (npy; MAT and HDF5 without one)"
    parser.add_argument("--rate", type=_rate, metavar="HZ", help=text)
    text = "signal to read from files that name several (default: the one heard best)"
    parser.add_argument("--signal", metavar="NAME", help=text)
    text = (
        "file to make: which file is which recording; outside COHORT and SRC, readable by you only"
    )
    parser.add_argument("--key", metavar="KEYFILE", help=text)
    add_parallel(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when all are in the cohort, 7 when some were passed over, 3 when none could be read."""
    from fetal_hemo.ingest import ingest

    summary = ingest(
        args.sources,
        args.out,
        manifest=args.manifest,
        rate_hz=args.rate,
        signal=args.signal,
        key=args.key,
        jobs=args.jobs,
        dask=args.dask,
        progress=ProgressLine("ingest"),
    )
    for line in _messages(summary, args):
        print(printable(line), file=sys.stderr)
    print_json(summary.to_dict()) if args.json else print_text(_text(summary))
    return _status(summary)


def _rate(text: str) -> float:
    """A sample rate within the limits of a recording."""
    from firmware_bridge.decode import MAX_RATE_HZ, MIN_RATE_HZ

    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise ArgumentTypeError(f"{text} is not a number from {MIN_RATE_HZ} to {MAX_RATE_HZ}")
    return rate


def _messages(summary: IngestSummary, args: Namespace) -> list[str]:
    lines = [passed.line() for passed in summary.passed_over]
    lines += [f"note: {name}: its source has changed, copied again" for name in summary.changed]
    if summary.kept_columns:
        columns = ", ".join(summary.kept_columns)
        lines.append(f"note: columns kept as they are: {columns}; see that they name nobody")
    if summary.unlisted:
        lines.append(_unlisted_line(args.sources[0], summary.unlisted))
    if summary.numbered and summary.recordings:
        lines.append(
            "warning: every file counts as a woman of her own: fill in participant_id and visit_id "
            f"of {summary.folder}/manifest.csv before training, because splits go by woman; "
            f"{_which_is_which(args.key)}"
        )
    return lines


def _which_is_which(key: str | None) -> str:
    if key is not None:
        return f"{key} says which file is which"
    return (
        "run it again with --key KEYFILE to learn which file is which, "
        "or into another folder with --manifest FILE"
    )


def _unlisted_line(folder: str, paths: Sequence[Path]) -> str:
    names = ", ".join(map(str, paths[:MOST_NAMES]))
    more = f" and {len(paths) - MOST_NAMES} more" if len(paths) > MOST_NAMES else ""
    what = "stand in no row of the manifest and were left out"
    return f"warning: {len(paths)} sound files of {folder} {what}: {names}{more}"


def _text(summary: IngestSummary) -> str:
    kind = "simulated recordings" if summary.simulated else "recordings"
    text = (
        f"ingested: {summary.recordings} {kind} ({summary.made} new), {summary.hours:.2f} h, "
        f"{len(summary.passed_over)} passed over: {summary.folder}"
    )
    if summary.several_channels:
        several = summary.several_channels
        text += f"\nof {several} with several channels the one heard best; the sidecars say which"
    return text


def _status(summary: IngestSummary) -> int:
    if any(passed.code == "E-BUG" for passed in summary.passed_over):
        return EXIT_BUG
    if not summary.recordings:
        return EXIT_DATA
    return EXIT_PARTIAL if summary.passed_over else EXIT_OK
