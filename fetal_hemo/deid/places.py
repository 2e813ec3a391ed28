"""Where the new cohort and its key may lie: each apart from the source and from the other."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.errors import FetalHemoError


def check_places(source: Path, out: Path, key: Path) -> None:
    """Nothing, when the places are apart and free; raises E-NOT-FOUND or E-USAGE.

    Symbolic links are followed.
    """
    if not source.is_dir():
        raise FetalHemoError("E-NOT-FOUND", "there is no such cohort", "COHORT")
    old, new, secret = source.resolve(), out.resolve(), key.resolve()
    if new.is_relative_to(old) or old.is_relative_to(new):
        raise _refused("lies in the source cohort, or the cohort in it", "--out")
    if secret.is_relative_to(new) or secret.is_relative_to(part_of(new)):
        raise _refused("the key would lie in the new cohort and travel with it", "--key")
    if secret.is_relative_to(old):
        raise _refused("the key would lie in the source cohort", "--key")
    if out.exists() or out.is_symlink():
        raise _refused("is there already", "--out")
    if not secret.parent.is_dir():
        raise _refused("its folder does not exist", "--key")


def part_of(out: Path) -> Path:
    """The folder in which the new cohort grows until it is complete."""
    return out.with_name(f".{out.name}.part")


def _refused(what: str, where: str) -> FetalHemoError:
    return FetalHemoError("E-USAGE", what, where, "choose another place")
