"""Calibration plot: the share of positives among visits given the same probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.calibration import reliability_bins
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.report.figure import BLUE, GREY, ORANGE, new_figure, styled, to_svg

ROWS_A_BIN = 20


def calibration_plot(probability: ArrayLike, labels: ArrayLike, women: ArrayLike) -> str | None:
    """SVG of observed shares with clustered 95 % bars over the probabilities; None without rows."""
    chance, label, woman = np.asarray(probability, float), np.asarray(labels), np.asarray(women)
    if len(chance) == 0:
        return None
    bins = reliability_bins(chance, label, max(2, min(10, len(chance) // ROWS_A_BIN)))
    order, done = np.argsort(chance, kind="stable"), 0
    with styled():
        figure = new_figure(4.2, 4.4)
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":", label="perfect")
        for part in bins:
            rows, done = order[done : done + part.rows], done + part.rows
            limits = clustered_proportion(label[rows] == 1, woman[rows]).interval
            if limits is not None:
                axes.plot([part.probability] * 2, limits[1:], color=BLUE, linewidth=1)
        x, y = [part.probability for part in bins], [part.observed for part in bins]
        axes.plot(x, y, "o", color=BLUE, label="equal-count groups, 95 %")
        axes.set(ylabel="share with raised blood pressure", xlim=(0, 1), ylim=(-0.02, 1.02))
        axes.legend(loc="upper left")
        edges = np.linspace(0, 1, 26)
        below.hist(chance[label == 0], edges, color=GREY, alpha=0.6, label="below 140/90")
        below.hist(chance[label == 1], edges, color=ORANGE, alpha=0.7, label="140/90 or more")
        below.set(xlabel="probability given by the model", ylabel="visits")
        below.legend(fontsize=7)
        return to_svg(figure, f"Calibration plot of {len(chance)} visits in {len(bins)} groups.")
