"""Loss curves of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator

from fetal_hemo.report.figure import BLUE, GREEN, ORANGE, PINK, SKY, new_figure, styled, to_svg

VALIDATION = "validation_"
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY)


def training_plot(epochs: Sequence[dict[str, Any]]) -> str | None:
    """SVG of the losses, and of what was validated beside them; None when there is none.

    A `validation_` series is dashed and has the colour of its training series.
    """
    known = series_names(epochs)
    names = [n for n in known if n.endswith("loss") or VALIDATION in n or VALIDATION + n in known]
    if not names:
        return None
    plain = list(dict.fromkeys(name.removeprefix(VALIDATION) for name in names))
    with styled():
        figure = new_figure(6.0, 3.2)
        axes = figure.add_subplot()
        for name in names:
            points = [(p, row[name]) for p, row in enumerate(epochs, start=1) if _plain(row, name)]
            colour = COLOURS[plain.index(name.removeprefix(VALIDATION)) % len(COLOURS)]
            dash = "--" if name.startswith(VALIDATION) else "-"
            axes.plot(*zip(*points, strict=True), dash, color=colour, marker=".", label=_said(name))
        axes.set(xlabel="epoch", ylabel="loss")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
        told = ", ".join(f"{_said(name)} from {_ends(epochs, name)}" for name in names)
        return to_svg(figure, f"Loss over {len(epochs)} epochs: {told}.")


def series_names(epochs: Sequence[dict[str, Any]]) -> list[str]:
    """Names that hold a number in at least one epoch, in the order in which they come."""
    names = (name for row in epochs for name in row if name != "epoch" and _plain(row, name))
    return list(dict.fromkeys(names))


def _plain(row: dict[str, Any], name: str) -> bool:
    value = row.get(name)
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _said(name: str) -> str:
    return name.replace("_", " ")


def _ends(epochs: Sequence[dict[str, Any]], name: str) -> str:
    values = [row[name] for row in epochs if _plain(row, name)]
    return f"{values[0]:.3g} to {values[-1]:.3g}"
