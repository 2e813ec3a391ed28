"""Events of a beat happen in the order of physiology, at published distances."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.intervals import events, intervals
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.rhythm import beat_clock
from fetal_hemo.simulate.woman import draw_visit, draw_woman


@pytest.mark.parametrize("index", range(8))
def test_intervals_are_positive_and_events_ordered(index: int) -> None:
    rng = np.random.default_rng(index)
    woman = draw_woman(Population(3), index)
    fetus = fetus_at(woman, draw_visit(Population(3, 0.3, 2.0), woman, 0), 2.0)
    clock = beat_clock(fetus, 60.0, rng)
    spans = intervals(fetus, clock, rng)
    assert min(spans.emd_s.min(), spans.ict_s.min(), spans.et_s.min(), spans.irt_s.min()) > 0
    times = np.stack(astuple(events(clock, spans)))
    assert (np.diff(times, axis=0) > 0).all()  # atrial wave to early filling
    assert (times[-1, :-1] < times[0, 1:]).mean() > 0.98  # filling ends before the next atrial


def test_intervals_shrink_by_a_seventh_from_130_to_160_bpm() -> None:
    rng = np.random.default_rng(0)
    woman = draw_woman(Population(3), 0)
    slow = fetus_at(woman, draw_visit(Population(3), woman, 0), 1.0)
    means = []
    for rate in (130.0, 160.0):
        fetus = type(slow)(**{**slow.__dict__, "rate_bpm": rate, "stv_ms": 1.0, "ltv_ms": 1.0})
        clock = beat_clock(fetus, 300.0, rng)
        at_rate = np.abs(60.0 / np.diff(clock.q_s) - rate) < 5
        means.append(intervals(fetus, clock, rng).et_s[1:][at_rate].mean())
    assert 0.11 < 1 - means[1] / means[0] < 0.17  # Hernandez-Andrade 2007: 13-15 %
