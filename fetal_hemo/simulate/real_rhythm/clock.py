"""A beat clock from life: the beats of a stretch of a real rhythm.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.real_rhythm.series import Series
from fetal_hemo.simulate.real_rhythm.stretch import Stretch
from fetal_hemo.simulate.real_rhythm.swings import swing_starts_s
from fetal_hemo.simulate.real_rhythm.turns import turns
from fetal_hemo.simulate.rhythm import STATES, BeatClock

# I: SD of a beat's time about the smooth course that a CTG device reports. The RMSSD gains 2.4
# times as much (in squares), the mean of an epoch next to nothing.
JITTER_MS = 2.0
UNKNOWN_STATE = STATES.index("other")


def real_clock(series: Series, stretch: Stretch, rng: np.random.Generator) -> BeatClock:
    """The `BeatClock` of that stretch.

    Beats come back as they were. A rate is integrated, with a beat each whole turn from a random
    phase on, and jitter. Nobody noted the fetus's behaviour, so the state of every beat is
    `other`.
    """
    q_s = _beats(series, stretch, rng)
    first = int(np.searchsorted(q_s, 0.0)) - 1
    stop = int(np.searchsorted(q_s, stretch.seconds, side="right")) + 1
    kept = q_s[first:stop]
    state = np.full(len(kept), UNKNOWN_STATE)
    return BeatClock(kept, state, *swing_starts_s(series.bpm(), stretch))


def _beats(series: Series, stretch: Stretch, rng: np.random.Generator) -> np.ndarray:
    """Times from the stretch's start; two beats too many at each end, for jitter to move."""
    times, count = turns(series)
    start, end = stretch.start_s, stretch.start_s + stretch.seconds
    if series.kind == "rate":
        count = count + rng.random()
    first, last = np.interp([start, end], times, count)
    q_s = np.interp(np.arange(np.ceil(first) - 2, np.floor(last) + 3), count, times) - start
    if series.kind == "rate":
        q_s = q_s + JITTER_MS / 1000.0 * rng.normal(size=len(q_s))
    return np.asarray(q_s)
