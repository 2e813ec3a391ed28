"""Decision curve plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fetal_hemo.report.figure import BLUE, GREY, ORANGE, new_figure, styled, to_svg


def net_benefit_plot(curve: Sequence[dict[str, Any]]) -> str | None:
    """SVG of net benefit over threshold from the points of a study; None without points."""
    if not curve:
        return None
    threshold = [point["threshold"] for point in curve]
    model = [point["model"] for point in curve]
    low, high = ([point[key] for point in curve] for key in ("low", "high"))
    everyone = [point["treat_all"] for point in curve]
    with styled():
        figure = new_figure(4.6, 3.2)
        axes = figure.add_subplot()
        if None not in (*low, *high):
            axes.fill_between(threshold, low, high, color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(threshold, model, color=BLUE, label="act on the model (95 % band)")
        axes.plot(threshold, everyone, color=ORANGE, linestyle="--", label="act on everyone")
        axes.axhline(0, color=GREY, linewidth=0.8, label="act on no one")
        top = max(*model, *everyone, 0.01)
        axes.set(xlabel="threshold probability", ylabel="net benefit per visit")
        axes.set(ylim=(-0.4 * top, 1.15 * top), xlim=(0, max(threshold)))
        axes.legend()
        return to_svg(
            figure, "Decision curve: net benefit of acting on the model, everyone, no one."
        )
