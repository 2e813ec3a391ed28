"""The manifest of an ingested cohort: what the sidecars say, and what is known of the women."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fetal_hemo.ingest.entries import Entry
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from fetal_hemo.recordings.sidecar import Sidecar, audio_file
from fetal_hemo.recordings.table import csv_bytes, parse_table, read_bytes

Row = dict[str, str]


def listed_row(entry: Entry, sidecar: Sidecar) -> Row:
    """The row of a source manifest, with the facts of the copy in place of the source's."""
    return {**entry.cells, **_facts(sidecar)}


def new_row(sidecar: Sidecar) -> Row:
    """A row for a recording of which nothing else is known: a woman and a visit of its own."""
    number = sidecar.recording_id[1:]
    names = {"participant_id": f"P{number}", "visit_id": f"V{number}"}
    return {"recording_id": sidecar.recording_id, **names, **_facts(sidecar)}


def kept_rows(manifest: Path, stored: Mapping[str, Sidecar]) -> list[Row]:
    """The rows of an earlier manifest, with all that a person has filled in since.

    A row whose recording is no longer the one it was written for is left out. Raises E-MANIFEST for
    a manifest that cannot be read: nothing a person wrote is overwritten unread.
    """
    if not manifest.exists():
        return []
    content = read_bytes(manifest)
    parse_manifest(content, str(manifest))
    table = parse_table(content, str(manifest))
    rows = [dict(zip(table.header, cells, strict=False)) for _, cells in table.rows]
    return [row for row in rows if _still_true(row, stored.get(row["recording_id"]))]


def manifest_csv(rows: Sequence[Row]) -> bytes:
    """`manifest.csv` with the known columns, then all others."""
    others = dict.fromkeys(name for row in rows for name in row if name not in KNOWN_COLUMNS)
    return csv_bytes([*KNOWN_COLUMNS, *others], rows)


def _facts(sidecar: Sidecar) -> Row:
    return {
        "path": audio_file(sidecar.recording_id),
        "sha256": sidecar.sha256,
        "n_samples": str(sidecar.n_samples),
        "sample_rate_hz": str(sidecar.sample_rate_hz),
    }


def _still_true(row: Row, sidecar: Sidecar | None) -> bool:
    """A row of another origin is none of our business."""
    return sidecar is None or row.get("sha256", sidecar.sha256).lower() in ("", sidecar.sha256)
