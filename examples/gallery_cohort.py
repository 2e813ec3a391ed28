"""The picture of a cohort in `simulator_gallery.py`: pressures, and what insufficiency does."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from numpy.typing import NDArray

from fetal_hemo.report.figure import GREY, ORANGE
from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.woman import draw_visit, draw_woman

WOMEN = 500


def draw_cohort(part: SubFigure) -> None:
    """Pressure over gestational age, and two intervals over placental insufficiency."""
    population = Population(1, 0.1)
    women = [draw_woman(population, index) for index in range(WOMEN)]
    seen = [(w, draw_visit(population, w, n)) for w in women for n in range(w.visits)]
    seen = [(w, v) for w, v in seen if v.pressure.positive is not None]
    high = np.array([v.pressure.positive for _, v in seen])
    z = np.array([v.insufficiency for _, v in seen])
    hearts = [fetus_at(w, v, population.effect) for w, v in seen]
    weeks = np.array([v.weeks for _, v in seen])
    left, middle, right = part.subplots(1, 3)
    _points(left, weeks, np.array([v.pressure.measured_sbp for _, v in seen]), high)
    left.set(title=f"A cohort of {WOMEN} women", xlabel="gestational age (weeks)")
    left.set(ylabel="systolic reading (mmHg)")
    left.legend(loc="upper left", fontsize=8)
    for axes, name, words in (
        (middle, "irt_ms", "relaxation, IRT"),
        (right, "et_ms", "ejection, ET"),
    ):
        _points(axes, z, np.array([getattr(heart, name) for heart in hearts]), high)
        axes.set(xlabel="placental insufficiency z", ylabel=f"{words} (ms)")


def _points(axes: Axes, x: NDArray[Any], y: NDArray[Any], high: NDArray[np.bool_]) -> None:
    for rows, marker, colour, label in (
        (~high, "o", GREY, "below 140/90"),
        (high, "^", ORANGE, "140/90 or more"),
    ):
        axes.plot(x[rows], y[rows], marker, color=colour, markersize=3.5, alpha=0.55, label=label)
        axes.lines[-1].set_markeredgewidth(0)
