"""Calibration plot: the share of positives among visits given the same probability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.calibration import reliability_bins
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.report.figure import BLUE, GREY, ORANGE, new_figure, styled, to_svg

ROWS_A_BIN = 20


def calibration_plot(
    probability: ArrayLike, labels: ArrayLike, women: ArrayLike, curve: dict[str, Any]
) -> str | None:
    """SVG of the smooth `curve` of a study with its band, over groups with clustered 95 % bars.

    Both axes end where the probabilities do. None without rows.
    """
    chance, label, woman = np.asarray(probability, float), np.asarray(labels), np.asarray(women)
    if len(chance) == 0:
        return None
    bins = reliability_bins(chance, label, max(2, min(10, len(chance) // ROWS_A_BIN)))
    groups = np.split(np.argsort(chance, kind="stable"), np.cumsum([b.rows for b in bins])[:-1])
    limits = [clustered_proportion(label[rows] == 1, woman[rows]).interval for rows in groups]
    top = _top([chance.max(), *(part.observed for part in bins)])
    with styled():
        figure = new_figure(4.2, 4.4)
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":", label="perfect")
        if curve["probability"]:
            axes.fill_between(
                curve["probability"], curve["low"], curve["high"],
                color=BLUE, alpha=0.15, linewidth=0,
            )  # fmt: skip
            axes.plot(
                curve["probability"], curve["observed"], color=BLUE, label="smooth, 95 % band"
            )
        for part, its in zip(bins, limits, strict=True):
            if its is not None:
                axes.plot([part.probability] * 2, its[1:], color=ORANGE, linewidth=1)
        x, y = [part.probability for part in bins], [part.observed for part in bins]
        axes.plot(x, y, "o", color=ORANGE, markersize=4, label="equal-count groups, 95 %")
        axes.set(ylabel="share with raised blood pressure", xlim=(0, top))
        axes.set(ylim=(-0.02 * top, 1.02 * top))
        axes.legend(loc="upper left")
        edges = np.linspace(0, top, 26)
        below.hist(chance[label == 0], edges, color=GREY, alpha=0.6)
        below.hist(chance[label == 1], edges, color=ORANGE, alpha=0.7)
        below.set(xlabel="probability given by the model", ylabel="visits")
        return to_svg(figure, f"Calibration plot of {len(chance)} visits in {len(bins)} groups.")


def _top(values: list[float]) -> float:
    """The next tenth above the largest, at most 1."""
    return min(1.0, (math.floor(10 * max(values)) + 1) / 10)
