"""Where the new cohort and its key may lie: each apart from the source and from the other."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.key_table import check_key_place, refused_place


def check_places(source: Path, out: Path, key: Path) -> None:
    """Nothing, when the places are apart and free; raises E-NOT-FOUND or E-USAGE.

    Symbolic links are followed.
    """
    if not source.is_dir():
        raise FetalHemoError("E-NOT-FOUND", "there is no such cohort", "COHORT")
    old, new = source.resolve(), out.resolve()
    if new.is_relative_to(old) or old.is_relative_to(new):
        raise refused_place("lies in the source cohort, or the cohort in it", "--out")
    check_key_place(key, [new, part_of(new)], [old])
    if out.exists() or out.is_symlink():
        raise refused_place("is there already", "--out")


def part_of(out: Path) -> Path:
    """The folder in which the new cohort grows until it is complete."""
    return out.with_name(f".{out.name}.part")
