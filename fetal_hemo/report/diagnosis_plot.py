"""What contrast does to the embeddings of validation women, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.report.figure import BLUE, GREEN, ORANGE, PINK, new_figure, styled, to_svg

COLOURS = (BLUE, ORANGE, GREEN, PINK)


class Panel(NamedTuple):
    """A title and numbers of an epoch under it; lists have one number for each class."""

    title: str
    names: tuple[str, ...]


PANELS = (
    Panel("agreement (0 best) and spread (low best)", ("alignment", "uniformity")),
    Panel("dimensions in use", ("effective_rank", "largest_rank")),
    Panel("woman found again", ("woman_found", "visit_woman_found", "chance")),
    Panel("nearest is the own other view", ("sample_alignment",)),
    Panel("neighbours of the own class", ("class_consistency",)),
    Panel("a window's other view is nearest, or of 5", ("view_recall_1", "view_recall_5")),
    Panel("windows of a visit, apart (1 - cosine)", ("visit_dispersion",)),
    Panel("gradient norm", ("gradient_norm",)),
    Panel("visits: agreement and spread", ("visit_alignment", "visit_uniformity")),
    Panel("visits: neighbours of the own class", ("visit_class_consistency",)),
    Panel("visits: nearest to each prototype", ("prototype_use", "visit_prototype_use")),
)


def diagnosis_plot(epochs: Sequence[dict[str, Any]]) -> str | None:
    """SVG of the diagnostics in a run's epochs; None for a run without any."""
    if not any("alignment" in row for row in epochs):
        return None
    panels = [panel for panel in PANELS if any(_lines(epochs, name) for name in panel.names)]
    with styled():
        figure = new_figure(9.0, 2.2 * math.ceil(len(panels) / 3))
        grid = figure.subplots(math.ceil(len(panels) / 3), 3, squeeze=False).flatten()
        for axes, panel in zip(grid, panels, strict=False):
            _draw(axes, panel, epochs)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        last = ", ".join(_told(epochs[-1], name) for panel in panels for name in panel.names)
        return to_svg(figure, f"Embeddings of validation women after {len(epochs)} epochs: {last}.")


def _draw(axes: Axes, panel: Panel, epochs: Sequence[dict[str, Any]]) -> None:
    lines = {label: at for name in panel.names for label, at in _lines(epochs, name).items()}
    for (label, points), colour in zip(lines.items(), COLOURS, strict=False):
        axes.plot(*zip(*points, strict=True), color=colour, marker=".", label=label)
    axes.set(title=panel.title, xlabel="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(lines) > 1:
        axes.legend(fontsize=7)


def _lines(epochs: Sequence[dict[str, Any]], name: str) -> dict[str, list[tuple[int, float]]]:
    """Points (epoch, value) by label: one line, or one for each class; no line without points."""
    found: dict[str, list[tuple[int, float]]] = {}
    for epoch, row in enumerate(epochs, start=1):
        value = row.get(name)
        if isinstance(value, list):
            labelled = list(zip(BP_CLASSES, value, strict=False))
        else:
            labelled = [(name.replace("_", " "), value)]
        for label, number in labelled:
            if number is not None:
                found.setdefault(label, []).append((epoch, number))
    return found


def _told(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    values = value if isinstance(value, list) else [value]
    shown = " ".join("-" if number is None else f"{number:.2g}" for number in values)
    return f"{name.replace('_', ' ')} {shown}"
