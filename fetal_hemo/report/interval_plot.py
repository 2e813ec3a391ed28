"""Rows of values with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fetal_hemo.report.figure import BLUE, GREY, INK, new_figure, styled, to_svg

PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # words hide the line behind


@dataclass(frozen=True)
class IntervalRow:
    """A named `value` with its limits, None where there is no interval; `strong` rows are blue."""

    name: str
    value: float
    low: float | None
    high: float | None
    strong: bool = False

    @property
    def text(self) -> str:
        """`0.80 (0.75 to 0.84)`."""
        if self.low is None or self.high is None:
            return f"{self.value:.2f}"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def interval_plot(rows: Sequence[IntervalRow], measure: str, width_in: float = 4.6) -> str | None:
    """SVG of `rows` on an axis from 0 to 1, each under its name and numbers; None without rows.

    The words stand above the marks and not beside them, so that a phone can show them.
    """
    if not rows:
        return None
    with styled():
        figure = new_figure(width_in, 0.7 + 0.36 * len(rows))
        axes = figure.add_subplot()
        axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        for place, row in enumerate(rows):
            colour = BLUE if row.strong else INK
            if row.low is not None and row.high is not None:
                axes.plot([row.low, row.high], [place] * 2, color=colour, linewidth=1.6)
            axes.plot(row.value, place, "s", color=colour, markersize=5)
            look: dict[str, Any] = {"color": colour, "fontsize": 8, "va": "center", "bbox": PAPER}
            axes.text(0, place - 0.34, row.name, **look)
            axes.text(1, place - 0.34, row.text, ha="right", **look)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set(xlabel=measure, xlim=(0, 1), ylim=(len(rows) - 0.5, -0.7))
        told = "; ".join(f"{row.name} {row.text}" for row in rows)
        return to_svg(figure, f"{measure}: {told}.")
