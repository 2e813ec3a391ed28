"""The report's section on the threshold: what it finds, what it alarms, what an alarm means."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.report.page import Section
from fetal_hemo.report.roc_plot import roc_plot
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]


def threshold_section(metrics: Json, scored: ScoreTable) -> Section:
    """Operating point, set points along the curve, and predictive values by prevalence."""
    point = metrics["operating_point"]
    thresholds = point["thresholds"]
    text = (
        f"{_said(thresholds)} set on validation women to reach a "
        f"specificity of {point['specificity_set']:g}. A predictive value depends on how common "
        "raised visits are where the model is used; choose the row of your clinic."
    )
    of_rows = [thresholds[split] for split in scored.split.tolist()]
    plot = roc_plot(scored.probability, scored.label, of_rows)
    tables = [
        html_table("Operating point", ["", "value"], _at_threshold(metrics)),
        html_table(
            "At the threshold, by prevalence of raised visits",
            ["prevalence", "positive predictive value", "negative predictive value"],
            [
                [
                    _percent(row["prevalence"]),
                    estimate_text(row["ppv"]),
                    estimate_text(row["npv"], 3),
                ]
                for row in point["by_prevalence"]
            ],
        ),
    ]
    return Section("At the threshold", [text], [plot], tables)


def _said(thresholds: dict[str, float]) -> str:
    """One number, or the range over folds."""
    values = sorted(thresholds.values())
    if len(values) == 1:
        return f"The threshold ({values[0]:.3f}) was"
    reach = f" ({values[0]:.3f} to {values[-1]:.3f})" if values else ""
    return f"The thresholds, one a fold{reach}, were"


def _at_threshold(metrics: Json) -> list[list[str]]:
    point = metrics["operating_point"]
    prevalence = _percent(point["prevalence"])
    named = {
        "sensitivity": point["sensitivity"],
        "sensitivity, no probability counted as missed": point["sensitivity_with_abstained"],
        "specificity": point["specificity"],
        f"positive predictive value at {prevalence} prevalence": point["ppv"],
        f"negative predictive value at {prevalence} prevalence": point["npv"],
        f"along the curve: sensitivity at specificity {point['specificity_set']:g}": point[
            "sensitivity_at_specificity"
        ],
        f"along the curve: specificity at sensitivity {point['sensitivity_set']:g}": point[
            "specificity_at_sensitivity"
        ],
        "area under precision-recall": metrics["auprc"],
    }
    return [[name, estimate_text(estimate)] for name, estimate in named.items()]


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
