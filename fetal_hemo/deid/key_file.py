"""The key: which study id was which recording. Whoever has it can undo the de-identification."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.recordings.key_table import write_key_table
from fetal_hemo.recordings.recording import Recording

NEW = ("recording_id", "participant_id", "visit_id", "device_id", "site_id", "sha256")
OLD = ("recording_id", "participant_id", "visit_id", "device_id", "site_id", "path", "sha256")
COLUMNS = (*NEW, *(f"source_{name}" for name in OLD))


@dataclass(frozen=True)
class Origin:
    """A row of the new manifest, the recording it was made from, and that file's sha256."""

    row: Mapping[str, str]
    recording: Recording
    source_sha256: str


def write_key(path: Path, origins: Sequence[Origin]) -> None:
    """Write the key as a table that only its owner can read. Raises E-STORAGE."""
    write_key_table(path, COLUMNS, map(_key_row, origins))


def belongs(key: Path, manifest: Path) -> bool:
    """Whether a key was written for the recordings of a new cohort's manifest."""
    try:
        with key.open(newline="", encoding="utf-8") as file:
            named = {row["sha256"] for row in csv.DictReader(file)}
        with manifest.open(newline="", encoding="utf-8") as file:
            made = {row["sha256"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, csv.Error):
        return False
    return bool(made) and named == made


def _key_row(origin: Origin) -> dict[str, object]:
    new = {name: origin.row[name] for name in NEW}
    old = {f"source_{name}": getattr(origin.recording, name) for name in OLD}
    return {**new, **old, "source_sha256": origin.source_sha256}
