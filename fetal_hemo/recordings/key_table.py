"""A key: the table that says what a nameless cohort was made of, kept apart from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.real_path import real_path
from fetal_hemo.recordings.table import csv_bytes
from firmware_bridge.store import write_atomically

OPTION = "--key"
OWNER_ONLY = 0o600


def check_key_place(key: Path, cohorts: Iterable[Path], sources: Iterable[Path]) -> None:
    """Nothing, when a key can lie there; raises E-USAGE where a cohort or a source would hold it.

    `cohorts` are the folders that will be given away. Symbolic links are followed.
    """
    place = real_path(key.parent) / key.name  # a link there would be replaced, not followed
    if any(place.is_relative_to(real_path(cohort)) for cohort in cohorts):
        raise refused_place("the key would lie in the new cohort and travel with it", OPTION)
    if any(place.is_relative_to(real_path(source)) for source in sources):
        raise refused_place("the key would lie in the source", OPTION)
    if not place.parent.is_dir():
        raise refused_place("its folder does not exist", OPTION)


def write_key_table(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write the table so that only its owner can read it, whole or not at all.

    Raises E-STORAGE.
    """
    try:
        write_atomically(path, csv_bytes(columns, rows), OWNER_ONLY)
    except FetalHemoError as error:
        raise FetalHemoError(error.code, error.what, OPTION, error.fix) from None


def refused_place(what: str, where: str) -> FetalHemoError:
    """The error of a place that will not do."""
    return FetalHemoError("E-USAGE", what, where, "choose another place")


def key_is_there() -> FetalHemoError:
    """The error of a place that is taken."""
    fix = "choose another place: a key is never overwritten"
    return FetalHemoError("E-USAGE", "is there already", OPTION, fix)
