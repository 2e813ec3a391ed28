"""The report's section on subgroups."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.interval_plot import IntervalRow, interval_plot
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]


def subgroup_section(metrics: Json) -> Section:
    """AUROC, calibration slope, sensitivity and specificity in every subgroup."""
    found = metrics["subgroups"]
    fewest = found["fewest_events"]
    if not found["rows"]:
        return Section("Subgroups", ["Not available: no column tells two groups apart."])
    text = (
        f"A subgroup with fewer than {fewest} scored visits of either class is not measured, and "
        "its events are not counted here: so few could name a woman and would prove nothing. Many "
        "subgroups are many comparisons; a difference is a question for another study."
    )
    header = [
        "",
        "recordings",
        "raised",
        "AUROC",
        "slope",
        "sensitivity",
        "specificity",
        "answered",
    ]
    table = html_table("With 95 % intervals", header, [_row(row, fewest) for row in found["rows"]])
    plot = interval_plot(
        [
            IntervalRow(
                _name(row), row["auroc"]["value"], row["auroc"]["low"], row["auroc"]["high"]
            )
            for row in found["rows"]
            if row["auroc"]["value"] is not None
        ],
        "AUROC by subgroup (95 %; dotted: chance)",
    )
    return Section("Subgroups", [text], [plot], [table])


def _row(row: Json, fewest: int) -> list[Any]:
    if row["events"] is None:
        return [_name(row), row["rows"], f"not shown (< {fewest} of a class)", *["–"] * 5]
    measures = ("auroc", "slope", "sensitivity", "specificity", "answered")
    return [
        _name(row),
        row["rows"],
        row["events"],
        *(estimate_text(row[name]) for name in measures),
    ]


def _name(row: Json) -> str:
    return f"{row['variable']}: {row['group']}"
