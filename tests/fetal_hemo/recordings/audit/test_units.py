"""Columns in another unit are named with what to do."""

from __future__ import annotations

import pytest

from fetal_hemo.recordings.audit.finding import Finding
from fetal_hemo.recordings.audit.units import OTHER_UNITS, unit_findings
from fetal_hemo.recordings.cells import READERS, Refused
from fetal_hemo.recordings.table import Table


def findings(column: str, *cells: str) -> list[Finding]:
    rows = [(row, [cell]) for row, cell in enumerate(cells, start=2)]
    return list(unit_findings(Table([column], rows)))


@pytest.mark.parametrize(
    ("column", "cells", "words"),
    [
        ("gestational_age_days", ["28", "31.5", "36", ""], "looks like weeks: multiply by 7"),
        ("sbp_mmhg", ["14.6", "16.1", "18.7"], "looks like kPa or cmHg"),
        ("sbp_mmhg", ["11", "12", "14"], "cmHg by 10"),
        ("dbp_mmhg", ["8.1", "9.3", "12"], "multiply kPa by 7.50"),
        ("maternal_age_years", ["300", "341", "290"], "looks like months: divide by 12"),
        ("maternal_age_years", ["1998", "2001", "1989"], "looks like years of birth"),
        ("maternal_age_years", ["9000", "11000"], "looks like days"),
        ("bmi_kg_m2", ["0.035", "0.041", "0.031"], "looks like lb/in2: multiply by 703"),
        ("bmi_kg_m2", ["0.0023", "0.0031"], "looks like kg/cm2"),
        ("bmi_kg_m2", ["140", "165", "120"], "body weights in pounds"),
        ("sample_rate_hz", ["4", "11.025", "44.1"], "looks like kHz: multiply by 1,000"),
    ],
)
def test_a_column_in_another_unit_is_a_defect(column: str, cells: list[str], words: str) -> None:
    (finding,) = findings(column, *cells)
    assert (finding.level, finding.topic) == ("defect", "units")
    assert finding.text.startswith(f"column {column}: median ")
    assert words in finding.text


def test_body_weights_are_a_warning_since_a_bmi_may_be_high() -> None:
    (finding,) = findings("bmi_kg_m2", "52", "61", "75")
    assert finding.level == "warning"
    assert "looks like body weights in kg" in finding.text
    assert findings("bmi_kg_m2", "24", "28", "45") == []


def test_some_rows_in_another_unit_are_counted() -> None:
    (finding,) = findings("gestational_age_days", "200", "210", "30", "220")
    assert "1 of 4 values look like weeks" in finding.text


def test_weeks_and_days_are_explained() -> None:
    (finding,) = findings("gestational_age_days", "28+3", "31w2d", "30/1")
    assert "3 values look like weeks and days: write 7 x weeks + days" in finding.text


def test_whole_weeks_are_a_warning() -> None:
    (finding,) = findings("gestational_age_days", *(str(7 * week) for week in range(15, 40)))
    assert finding.level == "warning"
    days = [str(7 * week + week % 3) for week in range(15, 40)]
    assert findings("gestational_age_days", *days) == []


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("gestational_age_days", ["140", "200", "280"]),
        ("sbp_mmhg", ["95", "118", "165"]),
        ("dbp_mmhg", ["45", "70", "110"]),
        ("maternal_age_years", ["15", "28", "44"]),
        ("bmi_kg_m2", ["17", "24", "39"]),
        ("sample_rate_hz", ["4000", "1000", "11025"]),
        ("bmi_kg_m2", ["", "", ""]),
        ("sbp_mmhg", ["high", "low"]),
        ("note", ["28", "29"]),
    ],
)
def test_right_units_and_other_columns_are_left_alone(column: str, cells: list[str]) -> None:
    assert findings(column, *cells) == []


@pytest.mark.parametrize("unit", [unit for unit in OTHER_UNITS if unit.sure])
def test_what_is_called_sure_is_refused_by_the_reader_of_the_column(unit) -> None:
    """Else a right value could be called a wrong unit."""
    for value in (unit.low, (unit.low + unit.high) / 2, unit.high):
        with pytest.raises(Refused):
            READERS[unit.column](f"{value:.6f}")


def test_rows_that_are_too_short_do_no_harm() -> None:
    table = Table(["path", "sbp_mmhg"], [(2, ["a"]), (3, ["b", "14"])])
    assert len(list(unit_findings(table))) == 1
