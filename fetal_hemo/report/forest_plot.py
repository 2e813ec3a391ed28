"""Forest plot: AUROC of the model beside that of every control."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.interval_plot import IntervalRow, interval_plot


def forest_plot(metrics: dict[str, Any]) -> str | None:
    """SVG of AUROC and interval, one row each, from a study's metrics; None without a value."""
    named = [("the model", metrics["auroc"])]
    named += [(control["meaning"], control["auroc"]) for control in metrics["controls"].values()]
    rows = [
        IntervalRow(name, auroc["value"], auroc["low"], auroc["high"], place == 0)
        for place, (name, auroc) in enumerate(named)
        if auroc["value"] is not None
    ]
    measure = "AUROC on simulated data" if metrics["simulated"] else "AUROC"
    return interval_plot(rows, f"{measure} (95 %; dotted: chance)")
