"""Real rhythms read from a folder, in an order and under a digest that their content decides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.real_rhythm.entry import Entry
from fetal_hemo.simulate.real_rhythm.shelf import open_shelf
from fetal_hemo.simulate.real_rhythm.stretch import possible_starts


@dataclass(frozen=True, eq=False)
class RhythmLibrary:
    """`entries` by rising id, `passed_over` as error lines for the user's eyes, and rights."""

    folder: Path
    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...]
    rights: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """Hash of all entries: the same for the same rhythms in another folder or format."""
        return hashlib.sha256("".join(e.sha256 for e in self.entries).encode()).hexdigest()

    @property
    def at(self) -> LibraryAt:
        """What another process needs to open the same library."""
        return LibraryAt(str(self.folder.resolve()), self.digest)

    def card(self) -> dict[str, Any]:
        """JSON-ready: what a cohort that borrows from here has to say. No path, no name."""
        return {
            "digest": self.digest,
            "series": len(self.entries),
            "passed_over": len(self.passed_over),
            **self.rights,
        }


@dataclass(frozen=True)
class LibraryAt:
    """A library to be opened elsewhere: a path and a digest, small enough for every task."""

    folder: str
    digest: str

    def open(self) -> RhythmLibrary:
        """The library, read once in a process. Raises E-COHORT if it is not the same any more."""
        return _opened(self)


@lru_cache(maxsize=1)
def _opened(at: LibraryAt) -> RhythmLibrary:
    library = open_rhythm_library(at.folder)
    if library.digest != at.digest:
        fix = "leave the folder alone until the cohort is complete"
        raise FetalHemoError("E-COHORT", "the real rhythms changed meanwhile", at.folder, fix)
    return library


def open_rhythm_library(folder: Path | str) -> RhythmLibrary:
    """The rhythms of CTU-UHB records, of a rhythm cohort, or of `.npy` beat times in a folder.

    A series that cannot be read, or stands there twice, is passed over and listed. Raises
    E-NOT-FOUND, E-UNREADABLE, E-MANIFEST, and E-COHORT where no series at all can be used.
    """
    folder = Path(folder)
    shelf = open_shelf(folder)
    found: dict[str, Entry] = {}
    passed_over = []
    for name, read in shelf.readers.items():
        try:
            _add(found, read(), name)
        except FetalHemoError as error:
            passed_over.append(error.line())
    if not found:
        what = f"none of {len(passed_over)} real rhythms can be used"
        fix = f"the first: {passed_over[0]}" if passed_over else ""
        raise FetalHemoError("E-COHORT", what, str(folder), fix)
    entries = tuple(found[name] for name in sorted(found))
    return RhythmLibrary(folder, entries, tuple(passed_over), shelf.rights)


def _add(found: dict[str, Entry], entry: Entry, name: str) -> None:
    """Put an entry under its id. Raises E-NO-SIGNAL or E-DUPLICATE."""
    if not len(possible_starts(entry.series.bpm(), WINDOW_S)):
        raise FetalHemoError("E-NO-SIGNAL", "not one window of a fetal heart rate", name)
    if entry.rhythm_id in found:
        raise FetalHemoError("E-DUPLICATE", "the same series is there twice", name)
    found[entry.rhythm_id] = entry
