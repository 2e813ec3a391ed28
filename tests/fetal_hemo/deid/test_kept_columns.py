"""A column is kept when nothing in it names anybody; a refusal names rows, not contents."""

from __future__ import annotations

import pytest

from fetal_hemo.deid.kept_columns import check_kept
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.recording import Recording


def recordings(name: str, cells: list[str]) -> list[Recording]:
    return [
        Recording(f"r{row}", f"w{row}", f"v{row}", f"{row}.wav", extra={name: cell}, row=row)
        for row, cell in enumerate(cells, start=2)
    ]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("smoker", ["yes", "no", "yes", "no", ""]),
        ("weight_kg", ["61.5", "70.25", "58", "90"]),
        ("birthweight_g", ["3250", "2900", "2050", "1980"]),
        ("parity_group", ["0", "1", "2+", "2+", "0", "1"]),
    ],
)
def test_numbers_and_categories_are_kept(name: str, cells: list[str]) -> None:
    check_kept(recordings(name, cells), [name])


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("note", ["yes", "Jane Doe", "no"], "name in row 3"),
        ("note", ["1.2.1990", "x", "2.2.1990"], "date in row 2, 4"),
        ("ward", ["Brown", "Smith", "Jones", "Miller"], "4 of 4 women have a text of their own"),
        ("started", ["1987", "1990", "2001"], "one of years"),
        ("started", ["44562", "44590", "44601"], "one of spreadsheet dates"),
        ("patient_name", ["a", "a"], "its name says"),
        ("visit-date", ["1", "2"], "its name says"),
        ("Jane Doe", ["1", "2"], "its name says"),
        (
            "free",
            ["long sentences are no categories"] * 12,
            "row 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2",
        ),
    ],
)
def test_what_identifies_is_refused(name: str, cells: list[str], said: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        check_kept(recordings(name, cells), [name])
    line = caught.value.line()
    assert caught.value.code == "E-COHORT"
    assert said in line
    assert "--keep-column number 1" in line
    assert name not in line.replace("names", "")
    assert not any(cell in line for cell in cells if len(cell) > 2)


@pytest.mark.parametrize("name", ["absent", "bmi_kg_m2", "participant_id"])
def test_columns_that_are_not_there_or_known_are_a_wrong_usage(name: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        check_kept(recordings("smoker", ["yes", "yes"]), ["smoker", name])
    assert caught.value.code == "E-USAGE"
    assert "--keep-column number 2" in caught.value.line()
    assert name not in caught.value.line()
