"""What is to be ingested: files found in folders, or the rows of a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest.search import search
from fetal_hemo.recordings.formats import ENDINGS
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.real_path import real_path
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.table import parse_table, read_bytes


@dataclass(frozen=True)
class Entry:
    """One source; `recording` and its `cells` as text if a manifest names it."""

    source: Path
    recording: Recording | None = None
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def real(self) -> Path:
        """The source with links followed."""
        return real_path(self.source)


def entries_of_files(sources: Sequence[Path], out: Path) -> list[Entry]:
    """What `search` finds in folders, in the order of the paths, and the files that are named.

    Raises E-NOT-FOUND, and E-EMPTY when there is nothing.
    """
    found: dict[Path, Entry] = {}
    for source in sources:
        if not source.exists():
            raise FetalHemoError("E-NOT-FOUND", "there is no such file or folder", str(source))
        for path in search(source, out) if source.is_dir() else [source]:
            found.setdefault(real_path(path), Entry(path))
    if not found:
        what = f"no recordings ({' '.join(ENDINGS)})"
        raise FetalHemoError("E-EMPTY", what, str(sources[0]), "name a folder that holds some")
    return list(found.values())


def entries_of_manifest(manifest: Path, folder: Path) -> list[Entry]:
    """The rows of a manifest whose paths are inside `folder`, in their order.

    Raises E-MANIFEST, E-NOT-FOUND or E-IS-DIRECTORY.
    """
    content = read_bytes(manifest)
    recordings = parse_manifest(content, str(manifest))
    table = parse_table(content, str(manifest))
    cells = {number: dict(zip(table.header, row, strict=False)) for number, row in table.rows}
    return [Entry(folder / r.path, r, cells[r.row]) for r in recordings]
