"""The report's section on subgroups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fetal_hemo.report.interval_plot import IntervalRow, interval_plot
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import NO_BREAK, estimate_text, html_table

Json = dict[str, Any]
HEADER = ("", "raised", "AUROC", "slope", "sensitivity", "specificity", "answered")
MEASURES = ("auroc", "slope", "sensitivity", "specificity", "answered")


def subgroup_section(metrics: Json) -> Section:
    """AUROC, calibration slope, sensitivity and specificity in every subgroup large enough."""
    rows, fewest = metrics["subgroups"]["rows"], metrics["subgroups"]["fewest_women"]
    if not rows:
        return Section("Subgroups", ["Not available: no column tells two groups apart."])
    shown = [row for row in rows if row["events"] is not None]
    hidden = [f"{_name(row)} ({row['rows']} recordings)" for row in rows if row["events"] is None]
    texts = [
        "Many subgroups are many comparisons; a difference is a question for another study.",
    ]
    if hidden:
        texts.append(
            f"Not shown, since fewer than {fewest} women have a scored visit of one class, whom "
            f"numbers could give away without proving anything: {'; '.join(hidden)}."
        )
    return Section("Subgroups", texts, [_plot(shown)], _tables(shown))


def _plot(shown: Sequence[Json]) -> str | None:
    rows = [
        IntervalRow(_name(row), row["auroc"]["value"], row["auroc"]["low"], row["auroc"]["high"])
        for row in shown
    ]
    return interval_plot(rows, "AUROC by subgroup (95 %; dotted: chance)")


def _tables(shown: Sequence[Json]) -> list[Any]:
    rows = [
        [_name(row), _counts(row), *(estimate_text(row[name]) for name in MEASURES)]
        for row in shown
    ]
    return [html_table("Subgroups with 95 % intervals", HEADER, rows)] if rows else []


def _counts(row: Json) -> str:
    return f"{row['events']} of {row['rows']}".replace(" ", NO_BREAK)


def _name(row: Json) -> str:
    return f"{row['variable']}: {row['group']}"
