"""The report's section on what is left unanswered."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.coverage_risk_plot import coverage_risk_plot
from fetal_hemo.report.limits_words import at_or_above, limits_of
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]


def abstention_section(metrics: Json) -> Section:
    """Shares without a probability, coverage-risk curves, conformal sets."""
    found = metrics["abstention"]
    texts = [
        f"Test recordings without a probability: {estimate_text(found['share'])}; among those "
        f"{at_or_above(limits_of(metrics))}: {estimate_text(found['share_of_positives'])}.",
        "The curves show the error at the threshold, both classes counting half, if only the "
        "surest or the best heard visits were answered. A curve that does not fall to the left "
        "would abstain for nothing.",
    ]
    plot = coverage_risk_plot(found["coverage_risk"])
    if plot is None:
        texts[1] = "Coverage-risk curves not available: too few recordings with a probability."
    return Section("What is left unanswered", [*texts, _promise(found)], [plot], _tables(found))


def _promise(found: Json) -> str:
    conformal = found["conformal"]
    if conformal["reason"]:
        return f"Conformal sets not available: {conformal['reason']}."
    return (
        "Conformal sets, calibrated on one visit of each validation woman, are made to leave out "
        f"the true class at most {100 * conformal['miss']:g} % of the time in every row below; a "
        "set of one class is an answer, any other an abstention. Share of visits answered: "
        f"{estimate_text(conformal['answered'])}. With few calibration women nothing can be "
        "excluded and all is held. The same women set threshold and calibration and chose when "
        "training stopped, which makes the promise a little too good."
    )


def _tables(found: Json) -> list[Any]:
    rows = [
        [
            f"{group['class']}, {group['category']}",
            group["calibration_women"],
            group["recordings"],
            estimate_text(group["held"]),
            estimate_text(group["answered"]),
        ]
        for group in found["conformal"]["groups"]
    ]
    header = ["", "calibration women", "test recordings", "true class held", "answered"]
    return [html_table("Conformal sets", header, rows)] if rows else []
