"""A folder -> the files in it that may be recordings, and what could not be looked into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fetal_hemo.recordings.formats import HEADER_ENDING, may_be_recording
from fetal_hemo.recordings.real_path import real_path

LONGEST_HEADER = 65_536  # bytes


def search(folder: Path, out: Path) -> list[Path]:
    """The paths, sorted: files that may be recordings, and folders that cannot be listed.

    Links are followed, into each folder once. Hidden files and folders, signal files of WFDB
    headers and the cohort `out` are left out.
    """
    lost: list[Path] = []
    seen = {real_path(folder)}

    def leads_on(path: Path) -> bool:
        real = real_path(path)
        circle = real in seen or real_path(folder).is_relative_to(real)
        if path.name[0] == "." or circle or real.is_relative_to(real_path(out)):
            return False
        seen.add(real)
        return True

    def lose(error: OSError) -> None:
        lost.append(Path(error.filename or folder))

    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lose, followlinks=True):
        here = Path(place)
        # In order, so that of two ways into a folder the same one is taken everywhere.
        folders[:] = [name for name in sorted(folders) if leads_on(here / name)]
        found += _recordings(here, files)
    return sorted([*found, *lost])


def _recordings(here: Path, files: list[str]) -> Iterator[Path]:
    parts = {part for name in files for part in _signal_files(here / name)}
    for name in files:
        if name[0] != "." and name not in parts and may_be_recording(here / name):
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
