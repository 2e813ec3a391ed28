"""The key of an ingest: which file became which recording. The cohort itself never says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fetal_hemo.ingest.entries import Entry
from fetal_hemo.ingest.task import Copied, Failure
from fetal_hemo.recordings.key_table import check_key_place, key_is_there, write_key_table
from firmware_bridge.store import drop_unfinished

COLUMNS = ("recording_id", "path", "sha256")


def check_key(key: Path, out: Path, sources: Sequence[Path]) -> None:
    """Nothing, when the key can be written apart from cohort and sources; raises E-USAGE."""
    check_key_place(key, [out], [source for source in sources if source.is_dir()])
    drop_unfinished(key.parent, key.name)
    if key.exists():
        raise key_is_there()


def write_key(
    key: Path, entries: Sequence[Entry], outcomes: Mapping[int, Copied | Failure]
) -> None:
    """Write a row for each recording of the cohort, those of earlier runs too; raises E-STORAGE.

    The sha256 is the source's: it finds the file again when it has been moved.
    """
    rows = [
        {
            "recording_id": outcome.sidecar.recording_id,
            "path": entries[place].source.absolute(),
            "sha256": outcome.sidecar.source.sha256,
        }
        for place, outcome in sorted(outcomes.items())
        if isinstance(outcome, Copied)
    ]
    if rows:
        write_key_table(key, COLUMNS, rows)
