"""Columns beyond the known ones: dropped, unless asked for and free of anything that names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fetal_hemo.deid.day_numbers import day_numbers
from fetal_hemo.deid.free_text import NUMBER, looks_like
from fetal_hemo.deid.nameless import SOURCE
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording

MOST_ROWS = 10  # named in a refusal
TELLING = frozenset(
    (
        *("name", "names", "surname", "forename", "firstname", "lastname", "initials"),
        *("nombre", "apellido", "birth", "birthday", "born", "dob", "date", "dates", "fecha"),
        *("phone", "telephone", "telefono", "tel", "mobile", "email", "mail", "correo"),
        *("address", "direccion", "street", "postcode", "zip"),
        *("id", "nid", "mrn", "ssn", "nhs", "passport", "insurance"),
    )
)


def check_kept(recordings: Sequence[Recording], names: Sequence[str]) -> None:
    """Nothing, when every column named may be kept.

    Raises E-USAGE for a column that is not there or known anyway, E-COHORT for one whose name or
    cells look identifying; rows are named, contents are not.
    """
    for place, name in enumerate(names, start=1):
        which = f"--keep-column number {place}"
        if name in KNOWN_COLUMNS or name not in recordings[0].extra:
            what = "is no column beside the known ones"
            raise FetalHemoError("E-USAGE", what, which, "known columns need not be named")
        reason = reason_against(recordings, name)
        if reason:
            fix = "leave it out, or recode it to numbers or categories"
            raise FetalHemoError("E-COHORT", f"{which} may not be kept: {reason}", SOURCE, fix)


def reason_against(recordings: Sequence[Recording], name: str) -> str | None:
    """Why a column looks identifying, None if it does not; rows are named, contents are not."""
    if TELLING & set(re.split(r"[\W\d_]+", name.lower())) or looks_like(name) is not None:
        return "its name says that it identifies"
    rows: dict[str, list[int]] = {}
    for r in recordings:
        if kind := looks_like(r.extra[name]):
            rows.setdefault(kind, []).append(r.row)
    if rows:
        return "; ".join(f"{kind} in {_listed(found)}" for kind, found in sorted(rows.items()))
    return day_numbers([r.extra[name] for r in recordings]) or _own_words(recordings, name)


def _listed(rows: list[int]) -> str:
    more = f" and {len(rows) - MOST_ROWS} more" if len(rows) > MOST_ROWS else ""
    return f"row {', '.join(map(str, rows[:MOST_ROWS]))}{more}"


def _own_words(recordings: Sequence[Recording], name: str) -> str | None:
    """Words that most women share with no other are names, whatever they look like."""
    women: dict[str, set[str]] = {}
    for r in recordings:
        cell = r.extra[name]
        if cell and not NUMBER.fullmatch(cell):
            women.setdefault(cell, set()).add(r.participant_id)
    alone = set[str]().union(*(who for who in women.values() if len(who) == 1))
    everyone = set[str]().union(*women.values())
    if len(alone) * 2 <= len(everyone):
        return None
    return f"{len(alone)} of {len(everyone)} women have a text of their own in it"
