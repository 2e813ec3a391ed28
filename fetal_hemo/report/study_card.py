"""The model card as a study can fill it: who it was tested on, and what came out."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.study_words import INTENDED_USE
from fetal_hemo.report.table import estimate_text

Json = dict[str, Any]


def model_card(metrics: Json) -> str:
    """Markdown after Mitchell et al. 2019; of a bundle, its own card goes after."""
    counts, point = metrics["counts"], metrics["operating_point"]
    kind = " (simulated)" if metrics["simulated"] else ""
    lines = [
        f"# Evaluation{kind}",
        *(f"- {text}" for text in INTENDED_USE),
        f"- design: {metrics.get('design', {}).get('kind', 'not available')}",
        f"- tested: {counts['women']} women, {counts['recordings']} recordings, "
        f"{counts['positive_recordings']} raised; {counts['scored_recordings']} with a probability",
        f"- AUROC{kind}: {estimate_text(metrics['auroc'])}",
        *_beside(metrics),
        f"- sensitivity at the threshold: {estimate_text(point['sensitivity'])}",
        f"- specificity at the threshold: {estimate_text(point['specificity'])}",
        f"- calibration slope: {estimate_text(metrics['calibration']['slope'])}",
        f"- share abstained from: {estimate_text(metrics['abstention']['share'])}",
        f"- leakage audit: {metrics.get('leakage', {}).get('verdict', 'not available')}",
        f"- {metrics['verdict']}",
        *_brought(metrics.get("card", "")),
    ]
    return "\n".join(lines)


def _brought(card: str) -> list[str]:
    """What the bundle says of itself: its maker's words, set apart from this study's."""
    return (
        ["", "# Card that came with the bundle: its maker's words", "", card.rstrip()]
        if card
        else []
    )


def _beside(metrics: Json) -> list[str]:
    return [
        f"- AUROC of {control['meaning']}: {estimate_text(control['auroc'])}"
        for control in metrics["controls"].values()
    ]
