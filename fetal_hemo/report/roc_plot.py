"""ROC curve of the model, with the operating point that was set beforehand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_curve

from fetal_hemo.report.figure import BLUE, GREY, ORANGE, new_figure, styled, to_svg


def roc_plot(probability: ArrayLike, labels: ArrayLike, threshold: ArrayLike) -> str | None:
    """SVG of sensitivity against 1 - specificity; None unless both classes are present.

    `threshold` is one number or one a row.
    """
    chance, label = np.asarray(probability, np.float64), np.asarray(labels)
    if len(np.unique(label)) < 2:
        return None
    wrong, right, _ = roc_curve(label, chance)
    flagged = chance >= np.asarray(threshold)
    at = float(flagged[label == 0].mean()), float(flagged[label == 1].mean())
    with styled():
        figure = new_figure(4.2, 4.0)
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":", label="chance")
        axes.plot(wrong, right, color=BLUE, label="model")
        axes.plot(*at, "o", color=ORANGE, label="threshold set on validation women")
        axes.set(xlabel="1 - specificity", ylabel="sensitivity", aspect="equal")
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        axes.legend(loc="lower right")
        point = f"sensitivity {at[1]:.2f} at specificity {1 - at[0]:.2f}"
        return to_svg(figure, f"ROC curve of the model. At the threshold: {point}.")
