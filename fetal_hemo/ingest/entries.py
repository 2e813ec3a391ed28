"""What is to be ingested: files found in folders, or the rows of a manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats import ENDINGS, HEADER_ENDING
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.table import parse_table, read_bytes

LONGEST_HEADER = 65_536  # bytes


@dataclass(frozen=True)
class Entry:
    """One source; `recording` and its `cells` as text if a manifest names it."""

    source: Path
    recording: Recording | None = None
    cells: dict[str, str] = field(default_factory=dict)


def entries_of_files(sources: Sequence[Path], out: Path) -> list[Entry]:
    """The recordings in folders, in the order of their paths, and the files that are named.

    A folder's hidden files, signal files of its WFDB headers, and the cohort itself if it lies
    inside, are left out.
    Raises E-NOT-FOUND, and E-EMPTY when there is nothing.
    """
    found: dict[Path, Entry] = {}
    for source in sources:
        if not source.exists():
            raise FetalHemoError("E-NOT-FOUND", "there is no such file or folder", str(source))
        for path in sorted(_walk(source, out.resolve())) if source.is_dir() else [source]:
            found.setdefault(path.resolve(), Entry(path))
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


def _walk(folder: Path, out: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = [f for f in folders if f[0] != "." and (here / f).resolve() != out]
        parts = {part for name in files for part in _signal_files(here / name)}
        for name in files:
            if name[0] != "." and name.lower().endswith(ENDINGS) and name not in parts:
                yield here / name


def _signal_files(path: Path) -> set[str]:
    """The names that a WFDB header gives its signal files, which may look like recordings too."""
    if path.suffix.lower() != HEADER_ENDING:
        return set()
    try:
        with path.open("rb") as file:
            lines = file.read(LONGEST_HEADER).decode("latin-1").splitlines()
    except OSError:
        return set()
    signals = [line.split() for line in lines if line.strip() and line[0] != "#"][1:]
    return {words[0] for words in signals}
