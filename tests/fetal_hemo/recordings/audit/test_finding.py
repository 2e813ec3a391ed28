"""Findings and what to do about them."""

from __future__ import annotations

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audit.finding import (
    STEPS,
    Finding,
    defect,
    next_steps,
    rows_text,
    warning,
    without_place,
)


def test_defects_come_first_then_what_the_rest_depends_on() -> None:
    found = [
        warning("units", "a"),
        defect("shared audio", "b"),
        defect("shared audio", "c"),
        defect("manifest", "d"),
        warning("precision", "e"),
    ]
    assert next_steps(found) == [STEPS["manifest"], STEPS["shared audio"], STEPS["units"]]
    assert next_steps([]) == []


def test_only_known_levels_and_topics() -> None:
    with pytest.raises(ValueError, match="alarm"):
        Finding("alarm", "units", "x")
    with pytest.raises(ValueError, match="weather"):
        defect("weather", "x")


def test_rows_in_words() -> None:
    assert rows_text([7, 7]) == "row 7"
    assert rows_text([9, 2, 3]) == "rows 2, 3, 9"
    assert rows_text(range(2, 12)) == "rows 2, 3, 4, 5, 6 and 5 more"


def test_an_error_without_its_place() -> None:
    error = FetalHemoError("E-MANIFEST", "row 2 is odd", "/secret/place.csv", "mend it")
    assert without_place(error) == "E-MANIFEST: row 2 is odd; mend it"
