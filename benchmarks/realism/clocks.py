"""Simulated beats without their sound: thousands of seconds in a moment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.realism.simulated import SEED
from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.recording import visit_clock
from fetal_hemo.simulate.woman import draw_visit, draw_woman

FIRST_WOMAN = 1_000  # of none whose sound is listened to


def simulated_beats(count: int, seconds: float, from_week: float) -> Iterator[np.ndarray]:
    """Beat times `(beats,)` in s of `count` women's last visits at or after a week."""
    population = Population(SEED)
    woman = FIRST_WOMAN
    while count:
        who = draw_woman(population, woman)
        when = draw_visit(population, who, who.visits - 1)
        if when.weeks >= from_week:
            fetus = fetus_at(who, when, population.effect)
            beats = visit_clock(population, woman, when, fetus, seconds).q_s
            yield beats[(beats >= 0) & (beats < seconds)]
            count -= 1
        woman += 1
