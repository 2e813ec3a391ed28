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
        ("weight_g", [str(grams) for grams in range(1_500, 4_001, 50)]),
        ("weight_g", [f"{grams}.0" for grams in range(1_500, 4_001, 50)]),
        ("weight_kg", [f"{grams / 1_000:.3f}" for grams in range(45_000, 55_000, 900)]),
        ("second_sbp", [f"{mmhg}.0" for mmhg in range(90, 190)]),
        ("ga_days", [f"{days}.0" for days in range(70, 311)]),
        ("protein_mg", ["0", "0", "140", "300", "2000", "3100"]),
        ("ratio", ["0.4", "0.7", "0.9", "2000"]),
        ("steps", ["4200", "7900", "9800", "16000", "12000"]),
        ("blank", ["", "", ""]),
        ("unknown", ["9999", "0", "-1"]),
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
        ("started", ["1987", "1990", "2001"], "could be years"),
        ("started", ["44562", "44590", "44601"], "could be spreadsheet dates"),
        ("started", ["1987.0", "", "1990.0", "2001.0"], "3 of 3 numbers in it could be years"),
        ("started", ["1987.25", "1990.5"], "could be years"),
        ("started", ["1987,0", "1987,0"], "could be years"),
        ("started", ["1.987e+03", "1.987e+03"], "could be years"),
        ("started", ["45121.0", "45128.0"], "2 of 2 numbers in it could be spreadsheet dates"),
        ("started", ["45121.5", "45128.25", "45130"], "could be spreadsheet dates"),
        ("started", ["45,121", "45,121"], "could be spreadsheet dates"),
        ("started", ["1987", "1990", "12", "2001"], "3 of 4 numbers in it could be years"),
        ("started", ["1987", "45121", "1990", "45128"], "4 of 4 numbers in it could be years or"),
        # Numbers that stand for "none" and "unknown" hide nothing, nor do words.
        ("last_child", ["0", "0", "0", "2015", "0", "2019.0"], "2 of 2 numbers in it"),
        ("last_child", ["9999", "-1", "999", "2015", "-9", "2019"], "2 of 2 numbers in it"),
        ("last_child", ["none", "none", "2015", "none", "2019", "none"], "2 of 2 numbers in it"),
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
