"""The report's sections on the probabilities: whether they are right, and how they are spread."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.evaluation.few_women import TOO_FEW
from fetal_hemo.evaluation.risk_distribution import SHARES
from fetal_hemo.report.calibration_plot import calibration_plot
from fetal_hemo.report.distribution_plot import distribution_plot
from fetal_hemo.report.limits_words import at_or_above, below, limits_of
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]


def calibration_section(metrics: Json, scored: ScoreTable) -> Section:
    """Slope, intercept, scores, calibration error beside its null, smooth curve."""
    found = metrics["calibration"]
    rows = [
        ["slope (1 is right)", estimate_text(found["slope"])],
        ["intercept (0 is right)", estimate_text(found["intercept"])],
        ["Brier score", estimate_text(found["brier"], 3)],
        ["scaled Brier score (1 perfect, 0 no use)", estimate_text(found["scaled_brier"], 3)],
    ]
    if found["ece"] is not None:
        band = f"{found['ece']:.3f} (a perfect model here: up to {found['ece_null_95']:.3f})"
        rows.append(["expected calibration error", band])
    curve = found["curve"]
    texts = [
        "Where the band leaves the dotted line the probabilities are wrong: below it they are too "
        "high, above it too low."
    ]
    if curve["reason"]:
        texts = [f"Smooth curve not available: {curve['reason']}."]
    plot = calibration_plot(scored.probability, scored.label, scored.participant_id, curve)
    table = html_table("Are the probabilities right?", ["", "value"], rows)
    return Section("Calibration", texts, [plot], [table])


def distribution_section(metrics: Json, scored: ScoreTable) -> Section:
    """Histograms and quantiles of the probabilities of each class."""
    found, limits = metrics["distribution"], limits_of(metrics)
    rows = [
        [name, *_quantiles(found[key])]
        for name, key in ((at_or_above(limits), "positive"), (below(limits), "negative"))
    ]
    header = ["", *(f"{100 * share:g} %" for share in SHARES)]
    table = html_table("Quantiles of the probability", header, rows)
    text = (
        f"Mean probability of raised visits minus that of others: "
        f"{estimate_text(found['separation'], 3)}. The more the two overlap, the less a "
        "single visit's probability says."
    )
    thresholds = list(metrics["operating_point"]["thresholds"].values())
    plot = distribution_plot(
        scored.probability, scored.label, scored.participant_id, thresholds, limits
    )
    return Section("How the probabilities are spread", [text], [plot], [table])


def _quantiles(values: list[float]) -> list[str]:
    return [f"{value:.3f}" for value in values] or [TOO_FEW] + [""] * (len(SHARES) - 1)
