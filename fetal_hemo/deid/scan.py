"""`fetal-hemo deid --scan`: where a cohort holds something that identifies, by kind and count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fetal_hemo.deid.free_text import looks_like, names_somebody
from fetal_hemo.deid.kept_columns import reason_against
from fetal_hemo.deid.nameless import nameless_manifest
from fetal_hemo.deid.tags import searchable, tags_of
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import MANIFEST, audio_path
from fetal_hemo.recordings.manifest import read_manifest
from fetal_hemo.recordings.recording import Recording
from firmware_bridge.errors import EXIT_DATA, EXIT_OK, EXIT_PARTIAL

IDS = ("recording_id", "participant_id", "visit_id", "device_id", "site_id")


@dataclass(frozen=True)
class Scan:
    """How often each kind was found: `tags` in files, `paths` and `cells` in rows.

    `columns` says why those beyond the known ones could not be kept, by their place among these.
    """

    recordings: int
    tags: dict[str, int]
    paths: dict[str, int]
    cells: dict[str, int]
    columns: dict[str, str]
    unreadable: int

    @property
    def found(self) -> bool:
        """Whether anything was found; no says nothing of what is `unreadable`."""
        return bool(self.tags or self.paths or self.cells or self.columns)

    @property
    def exit_status(self) -> int:
        """3 when something was found, 7 when only a part could be searched, else 0."""
        unseen = EXIT_PARTIAL if self.unreadable else EXIT_OK
        return EXIT_DATA if self.found else unseen

    def to_dict(self) -> dict[str, Any]:
        """The scan as JSON-ready values."""
        return {"found": self.found, **asdict(self)}

    def text(self) -> str:
        """The scan for a person."""
        places = {"tags": self.tags, "paths": self.paths, "cells": self.cells}
        lines = [
            f"{place}: {kind}: {n}" for place, kinds in places.items() for kind, n in kinds.items()
        ]
        lines += [f"columns: {place}: {reason}" for place, reason in self.columns.items()]
        if self.unreadable:
            text = f"{self.unreadable} of {self.recordings} files could not be searched: missing"
            lines.append(f"{text}, unreadable, or neither WAV, FLAC, OGG nor MP3")
        if not self.found:
            where = "the others" if self.unreadable else f"{self.recordings} recordings"
            lines.append(f"nothing found in {where}; speech is not looked for here")
        return "\n".join(lines)


def scan_cohort(cohort: Path | str, progress: Progress = silent) -> Scan:
    """The `Scan` of a cohort; nothing is written. Raises E-NOT-FOUND or E-MANIFEST."""
    cohort = Path(cohort)
    with nameless_manifest():
        recordings = read_manifest(cohort / MANIFEST)
    tags, unreadable = _search_files(cohort, recordings, progress)
    paths = Counter(kind for r in recordings for kind in _path_kinds(r))
    cells = Counter(kind for r in recordings for kind in _cell_kinds(r))
    return Scan(
        recordings=len(recordings),
        tags=_by_name(tags),
        paths=_by_name(paths),
        cells=_by_name(cells),
        columns=_telling_columns(recordings),
        unreadable=unreadable,
    )


def _search_files(
    cohort: Path, recordings: Sequence[Recording], progress: Progress
) -> tuple[Counter[str], int]:
    """The tags by kind, and the number of files that could not be searched for all."""
    tags: Counter[str] = Counter()
    unreadable = 0
    for done, recording in enumerate(recordings, start=1):
        try:
            path = audio_path(cohort, recording)
            tags.update(tags_of(path))
            unreadable += not searchable(path)
        except (OSError, UnicodeEncodeError, FetalHemoError):
            unreadable += 1
        progress(done, len(recordings))
    return tags, unreadable


def _telling_columns(recordings: Sequence[Recording]) -> dict[str, str]:
    """By place, for a column's name may be a person's."""
    reasons = {
        f"other column {place}": reason_against(recordings, name)
        for place, name in enumerate(recordings[0].extra, start=1)
    }
    return {place: reason for place, reason in reasons.items() if reason}


def _path_kinds(recording: Recording) -> set[str]:
    parts = PurePosixPath(recording.path).with_suffix("").parts
    return {kind for part in parts if (kind := names_somebody(part))}


def _cell_kinds(recording: Recording) -> Iterator[str]:
    """Kinds by column; columns that are not known have no name here, for it may be a person's."""
    for column in IDS:
        if kind := names_somebody(getattr(recording, column) or ""):
            yield f"{column}: {kind}"
    for kind in {looks_like(cell) for cell in recording.extra.values()} - {None}:
        yield f"other columns: {kind}"


def _by_name(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
