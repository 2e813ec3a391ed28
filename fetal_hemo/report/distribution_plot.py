"""Distributions of the probabilities of raised and of other visits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.few_women import TOO_FEW, why_not_shown
from fetal_hemo.report.figure import GREY, INK, ORANGE, new_figure, styled, to_svg
from fetal_hemo.report.limits_words import Limits, at_or_above, below

BINS = 30


def distribution_plot(
    probability: ArrayLike,
    labels: ArrayLike,
    women: ArrayLike,
    threshold: ArrayLike,
    limits: Limits,
) -> str | None:
    """SVG of one histogram for each class, in percent of the class; None without rows.

    So the few raised visits are as easily seen as the many others. Dashed: the
    threshold, one number or one a fold. `limits` are the mmHg that part the classes. Too few women
    have no median, which could be one woman's.
    """
    chance, label = np.asarray(probability, np.float64), np.asarray(labels)
    woman = np.asarray(women)
    if len(chance) == 0:
        return None
    thresholds = np.atleast_1d(np.asarray(threshold, np.float64))
    edges = np.linspace(0, max(float(chance.max()), *thresholds, 0.1), BINS + 1)
    with styled():
        figure = new_figure(4.6, 2.8)
        panels = figure.subplots(2, 1, sharex=True)
        told = []
        for axes, number, name, colour in zip(
            panels, (1, 0), (at_or_above(limits), below(limits)), (ORANGE, GREY), strict=True
        ):
            its = chance[label == number]
            if len(its):
                weights = np.full(len(its), 100 / len(its))
                axes.hist(its, edges, weights=weights, color=colour, alpha=0.8)
            if not why_not_shown(woman[label == number]):
                median = float(np.median(its))
                axes.plot([median] * 2, axes.get_ylim(), color=INK, linewidth=1)
                told.append(f"{name} median {median:.2f}")
            for at in thresholds:
                axes.axvline(at, color=INK, linewidth=0.9, linestyle="--")
            axes.set(ylabel="% of class")
            axes.set_title(f"{name} ({len(its)} visits)", color=INK, fontsize=9)
        panels[-1].set(xlabel="probability (line: median; dashed: threshold)", xlim=(0, edges[-1]))
        medians = "; ".join(told) or f"medians of {TOO_FEW}"
        return to_svg(figure, f"Probabilities of each class: {medians}.")
