"""`fetal-hemo deid --scan`: where a cohort holds something that identifies, by kind and count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fetal_hemo.deid.free_text import looks_like, names_somebody
from fetal_hemo.deid.nameless import nameless_manifest
from fetal_hemo.deid.tags import tags_of
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import MANIFEST, audio_path
from fetal_hemo.recordings.manifest import read_manifest
from fetal_hemo.recordings.recording import Recording
from firmware_bridge.errors import EXIT_DATA, EXIT_OK

IDS = ("recording_id", "participant_id", "visit_id", "device_id", "site_id")


@dataclass(frozen=True)
class Scan:
    """How often each kind was found: `tags` in files, `paths` and `cells` in rows."""

    recordings: int
    tags: dict[str, int]
    paths: dict[str, int]
    cells: dict[str, int]
    unreadable: int

    @property
    def exit_status(self) -> int:
        """0 when nothing was found, else 3."""
        return EXIT_DATA if self.tags or self.paths or self.cells else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The scan as JSON-ready values."""
        return {"found": self.exit_status != EXIT_OK, **asdict(self)}

    def text(self) -> str:
        """The scan for a person."""
        places = (("tags", self.tags), ("paths", self.paths), ("cells", self.cells))
        lines = [f"{place}: {kind}: {n}" for place, kinds in places for kind, n in kinds.items()]
        if self.unreadable:
            lines.append(f"{self.unreadable} files could not be read")
        none = f"nothing found in {self.recordings} recordings; speech is not looked for here"
        return "\n".join(lines or [none])


def scan_cohort(cohort: Path | str, progress: Progress = silent) -> Scan:
    """The `Scan` of a cohort; nothing is written. Raises E-NOT-FOUND or E-MANIFEST."""
    cohort = Path(cohort)
    with nameless_manifest():
        recordings = read_manifest(cohort / MANIFEST)
    tags: Counter[str] = Counter()
    unreadable = 0
    for done, recording in enumerate(recordings, start=1):
        try:
            tags.update(tags_of(audio_path(cohort, recording)))
        except (OSError, FetalHemoError):
            unreadable += 1
        progress(done, len(recordings))
    paths = Counter(kind for r in recordings for kind in _path_kinds(r))
    cells = Counter(kind for r in recordings for kind in _cell_kinds(r))
    return Scan(len(recordings), _by_name(tags), _by_name(paths), _by_name(cells), unreadable)


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
