"""Columns that hold another unit than their name says, told from their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from fetal_hemo.recordings.audit.finding import Finding, defect, warning
from fetal_hemo.recordings.cells import NUMBER
from fetal_hemo.recordings.table import Table

WEEKS_AND_DAYS = re.compile(r"[0-9]{1,2}\s*(\+|w|W|/)\s*[0-7]\s*d?")
MOSTLY = 0.5


@dataclass(frozen=True)
class OtherUnit:
    """If the values of `column` lie from `low` to `high`, they `look` like another unit."""

    column: str
    low: float
    high: float
    look: str
    fix: str
    sure: bool = True  # the column's own unit could not give such values


# Ranges of one column do not overlap; those that are `sure` lie outside the accepted values.
OTHER_UNITS = (
    OtherUnit("gestational_age_days", 4, 45, "weeks", "multiply by 7"),
    OtherUnit("sbp_mmhg", 9, 25, "kPa or cmHg", "multiply kPa by 7.50, cmHg by 10"),
    OtherUnit("dbp_mmhg", 4, 16, "kPa or cmHg", "multiply kPa by 7.50, cmHg by 10"),
    OtherUnit("maternal_age_years", 144, 660, "months", "divide by 12"),
    OtherUnit("maternal_age_years", 1_940, 2_020, "years of birth", "give the age at the visit"),
    OtherUnit("maternal_age_years", 4_000, 21_000, "days", "divide by 365.25"),
    OtherUnit("bmi_kg_m2", 0.01, 0.1, "lb/in2", "multiply by 703"),
    OtherUnit("bmi_kg_m2", 0.0008, 0.009, "kg/cm2", "multiply by 10,000"),
    OtherUnit("bmi_kg_m2", 42, 80, "body weights in kg", "divide by the height in m, twice", False),
    OtherUnit("bmi_kg_m2", 80.01, 400, "body weights in pounds", "give weight / height^2"),
    OtherUnit("sample_rate_hz", 1, 192, "kHz", "multiply by 1,000"),
)


def unit_findings(table: Table) -> Iterator[Finding]:
    """A finding for each column whose values look like another unit, in all or in some rows.

    A column is judged by its median. Single values are named if they are impossible in the
    column's own unit.
    """
    for column in dict.fromkeys(unit.column for unit in OTHER_UNITS):
        if column in table.header:
            place = table.header.index(column)
            cells = [cells[place] for _, cells in table.rows if place < len(cells)]
            yield from _judge(column, [cell for cell in cells if cell])


def _judge(column: str, cells: list[str]) -> Iterator[Finding]:
    values = [float(cell) for cell in cells if NUMBER.fullmatch(cell)]
    if column == "gestational_age_days":
        yield from _weeks_and_days(cells)
        yield from _whole_weeks(values)
    for unit in OTHER_UNITS:
        inside = [value for value in values if unit.low <= value <= unit.high]
        if unit.column != column or not inside:
            continue
        text = f"column {column}: %s like {unit.look}: {unit.fix}"
        if unit.low <= median(values) <= unit.high:
            shown = f"median {median(values):.4g} looks"
            yield (defect if unit.sure else warning)("units", text % shown)
        elif unit.sure:
            yield defect("units", text % f"{len(inside)} of {len(values)} values look")


def _weeks_and_days(cells: Iterable[str]) -> Iterator[Finding]:
    written = [cell for cell in cells if WEEKS_AND_DAYS.fullmatch(cell)]
    if written:
        text = f"column gestational_age_days: {len(written)} values look like weeks and days"
        yield defect("units", f"{text}: write 7 x weeks + days, such as 199 for 28+3")


def _whole_weeks(values: list[float]) -> Iterator[Finding]:
    """Ages known to the week only: no wrong unit, but less than the column promises."""
    if len(values) >= 20 and all(value % 7 == 0 for value in values) and len(set(values)) > 3:
        text = "column gestational_age_days: every value is a whole number of weeks"
        yield warning("units", f"{text}: give days if they are known")
