"""The header of a manifest: which columns must be there, and which are misspelled."""

from __future__ import annotations

import difflib

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cells import shown
from fetal_hemo.recordings.recording import OPTIONAL_COLUMNS, REQUIRED_COLUMNS

ALIKE = 0.5  # difflib ratio at which a stranger may be the missing column
MISSPELLED = 0.85  # at which it is refused as a misspelling of an optional column


def header_defects(header: list[str], where: str) -> list[FetalHemoError]:
    """One E-MANIFEST for each column that is missing, nameless, repeated or misspelled."""
    found = [*_shape(header), *_missing(header), *_misspelled(header)]
    return [FetalHemoError("E-MANIFEST", what, where, fix) for what, fix in found]


def _shape(header: list[str]) -> list[tuple[str, str]]:
    found = []
    for place, name in enumerate(header, start=1):
        if not name:
            found.append((f"row 1: column {place} has no name", "name it or delete it"))
        elif name in header[: place - 1]:
            found.append((f"row 1: column {shown(name)} stands twice", "delete one"))
    return found


def _missing(header: list[str]) -> list[tuple[str, str]]:
    strangers = [n for n in header if n and n not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS]
    found = []
    for column in REQUIRED_COLUMNS:
        if column not in header:
            near = _nearest(column, strangers, ALIKE)
            fix = f"is it {shown(near)}? rename it to {column}" if near else "add it"
            found.append((f"row 1: column {column} is missing", fix))
    return found


def _misspelled(header: list[str]) -> list[tuple[str, str]]:
    absent = [column for column in OPTIONAL_COLUMNS if column not in header]
    found = []
    for name in header:
        near = _nearest(name, absent, MISSPELLED)
        if name not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS and near:
            found.append((f"row 1: unknown column {shown(name)}", f'did you mean "{near}"?'))
    return found


def _nearest(word: str, choices: list[str], cutoff: float) -> str:
    """The choice most like the word, capitals aside, or nothing."""
    lowered = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=cutoff)
    return lowered[near[0]] if near else ""
