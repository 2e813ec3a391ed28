"""The manifest of an ingested cohort: what the sidecars say, and what is known of the women."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from fetal_hemo.ingest.entries import Entry
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from fetal_hemo.recordings.sidecar import Sidecar, audio_file
from fetal_hemo.recordings.table import csv_bytes, parse_table, read_bytes

Row = dict[str, str]
IDS = ("recording_id", "participant_id", "visit_id")
NUMBERED = re.compile(r"[RPV]0*([0-9]{1,9})")


def listed_row(entry: Entry, sidecar: Sidecar) -> Row:
    """The row of a source manifest, with the facts of the copy in place of the source's."""
    return {**entry.cells, **_facts(sidecar)}


def numbered_manifest(manifest: Path, sidecars: Sequence[Sidecar]) -> bytes:
    """The bytes of a manifest of recordings whose women are not known, or were filled in since.

    Rows of an earlier one stay with all that a person has written. Raises E-MANIFEST for one that
    cannot be read: nothing a person wrote is overwritten unread.
    """
    stored = {s.recording_id: s for s in sidecars}
    kept = [row for row in _rows(manifest) if _still_true(row, stored.get(row["recording_id"]))]
    there = {row["recording_id"] for row in kept}
    added = _new_rows([s for name, s in sorted(stored.items()) if name not in there], kept)
    if kept and not added:
        return manifest.read_bytes()
    return manifest_csv([*kept, *added])


def taken_ids(manifest: Path) -> set[str]:
    """Ids that a new copy must not have, since the row there would be taken for its own.

    A person has added the row for other audio, or it has no sha256 that tells copies apart. Raises
    E-MANIFEST.
    """
    return {
        row["recording_id"]
        for row in _rows(manifest)
        if row["path"] != audio_file(row["recording_id"]) or not row.get("sha256")
    }


def manifest_csv(rows: Sequence[Row]) -> bytes:
    """`manifest.csv` with the known columns, then all others."""
    others = dict.fromkeys(name for row in rows for name in row if name not in KNOWN_COLUMNS)
    return csv_bytes([*KNOWN_COLUMNS, *others], rows)


def _new_rows(sidecars: Sequence[Sidecar], kept: Sequence[Row]) -> list[Row]:
    """Rows for recordings of which nothing else is known: a woman and a visit of its own each.

    They have the recording's number, or a free one where a person has given it to somebody else.
    """
    taken = {int(found[1]) for row in kept for n in IDS if (found := NUMBERED.fullmatch(row[n]))}
    own = [int(s.recording_id[1:]) for s in sidecars]
    free = (n for n in count(max(own, default=0) + 1) if n not in taken)
    numbers = [next(free) if n in taken else n for n in own]
    return [
        {
            "recording_id": s.recording_id,
            "participant_id": f"P{number:04d}",
            "visit_id": f"V{number:04d}",
            **_facts(s),
        }
        for number, s in zip(numbers, sidecars, strict=True)
    ]


def _rows(manifest: Path) -> list[Row]:
    """The rows of a manifest by column, none if there is none. Raises E-MANIFEST."""
    if not manifest.exists():
        return []
    content = read_bytes(manifest)
    parse_manifest(content, str(manifest))
    table = parse_table(content, str(manifest))
    return [dict(zip(table.header, cells, strict=False)) for _, cells in table.rows]


def _facts(sidecar: Sidecar) -> Row:
    return {
        "path": audio_file(sidecar.recording_id),
        "sha256": sidecar.sha256,
        "n_samples": str(sidecar.n_samples),
        "sample_rate_hz": str(sidecar.sample_rate_hz),
    }


def _still_true(row: Row, sidecar: Sidecar | None) -> bool:
    """Whether it was written for this copy; a row of another origin is none of our business."""
    return sidecar is None or row.get("sha256", sidecar.sha256).lower() in ("", sidecar.sha256)
