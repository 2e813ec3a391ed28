"""Source, new cohort and key lie apart, whatever links say."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.deid.places import check_places
from fetal_hemo.errors import FetalHemoError


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "source" / "inner").mkdir(parents=True)
    (tmp_path / "taken").mkdir()
    (tmp_path / "door").symlink_to(tmp_path / "source")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "source" / "away.csv").symlink_to(tmp_path / "key.csv")
    return tmp_path


def test_places_apart(here: Path) -> None:
    check_places(here / "source", here / "new", here / "key.csv")
    check_places(here / "door", here / "deeper" / "new", here / "taken" / "key.csv")


@pytest.mark.parametrize(
    ("out", "key", "where"),
    [
        ("source/new", "key.csv", "--out"),
        ("door/new", "key.csv", "--out"),
        (".", "key.csv", "--out"),
        ("taken", "key.csv", "--out"),
        ("nowhere", "key.csv", "--out"),
        ("new", "new/key.csv", "--key"),
        ("new", ".new.part/key.csv", "--key"),
        ("new", "source/key.csv", "--key"),
        ("new", "door/inner/key.csv", "--key"),
        ("new", "taken/../source/key.csv", "--key"),
        ("new", "missing/key.csv", "--key"),
        ("new", "source/away.csv", "--key"),  # the link would be replaced, in the source
    ],
)
def test_places_that_are_refused(here: Path, out: str, key: str, where: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        check_places(here / "source", here / out, here / key)
    assert (caught.value.code, caught.value.where) == ("E-USAGE", where)


def test_a_cohort_that_is_not_there(here: Path) -> None:
    with pytest.raises(FetalHemoError) as caught:
        check_places(here / "Jane Doe", here / "new", here / "key.csv")
    assert caught.value.code == "E-NOT-FOUND"
    assert "Jane" not in caught.value.line()
