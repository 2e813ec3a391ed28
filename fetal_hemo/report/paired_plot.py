"""Two probabilities of each recording against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.report.figure import GREY, ORANGE, new_figure, styled, to_svg
from fetal_hemo.report.limits_words import Limits, at_or_above, below

MOST = 2_000  # points on the page: more only weigh


def paired_plot(tables: Sequence[ScoreTable], limits: Sequence[Limits]) -> str | None:
    """SVG of the probabilities of two tables on their shared recordings; None without one.

    `limits` are the mmHg from which a visit of each table is raised. Of many recordings of a class
    every second, third ... is drawn.
    """
    first, second = tables
    _, here, there = np.intersect1d(first.recording_id, second.recording_id, return_indices=True)
    both = first.scored[here] & second.scored[there]
    x, y = first.probability[here[both]], second.probability[there[both]]
    label = first.label[here[both]]
    if not len(x):
        return None
    with styled():
        figure = new_figure(4.2, 4.0)
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
        for number, name, colour in zip((0, 1), _classes(limits), (GREY, ORANGE), strict=True):
            rows = np.flatnonzero(label == number)
            rows = rows[:: max(1, -(-len(rows) // MOST))]
            axes.plot(x[rows], y[rows], ".", color=colour, alpha=0.6, markersize=4, label=name)
        axes.set(xlabel="probability in A", ylabel="probability in B", aspect="equal")
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        axes.legend(loc="upper left", fontsize=7.5)
        told = f"{len(x)} shared recordings, mean difference {float(np.mean(x - y)):+.3f}"
        return to_svg(figure, f"Probabilities of A and B against each other: {told}.", dpi=110)


def _classes(limits: Sequence[Limits]) -> tuple[str, str]:
    """Names of the classes; of two studies with other limits there is no number for both."""
    first, second = limits
    return (below(first), at_or_above(first)) if first == second else ("not raised", "raised")
