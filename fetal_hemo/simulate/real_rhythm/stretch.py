"""The part of a real rhythm that a recording borrows: little of it may be lost.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public.source import RATE_HZ
from fetal_hemo.simulate.real_rhythm.series import Series

LONGEST_GAP_S = 15.0  # S: usual for CTU-UHB; a longer one is never bridged
MOST_LOST = 0.10  # I: share of a stretch that is bridged


@dataclass(frozen=True)
class Stretch:
    """Where it begins in its series, how long it is, and the share that is bridged."""

    start_s: float
    seconds: float
    lost_share: float


def choose_stretch(series: Series, seconds: float, rng: np.random.Generator) -> Stretch:
    """One of the stretches of that length that may be used, each as likely as any other.

    Raises E-COHORT where there is none.
    """
    bpm = series.bpm()
    starts = possible_starts(bpm, seconds)
    if not len(starts):
        what = f"no {seconds:g} s of a real rhythm with at most {MOST_LOST:.0%} lost"
        raise FetalHemoError("E-COHORT", what, fix="take longer series or shorter recordings")
    start = int(rng.choice(starts))
    part = bpm[start : start + _samples(seconds)]
    return Stretch(start / RATE_HZ, seconds, float(np.mean(~np.isfinite(part))))


def possible_starts(bpm: np.ndarray, seconds: float) -> np.ndarray:
    """Indices at which such a stretch of a rate `(time,)` at 4 Hz can begin; maybe none."""
    size = _samples(seconds)
    if size > len(bpm):
        return np.zeros(0, dtype=np.int64)
    lost = ~np.isfinite(bpm)
    few = _sums(lost, size) <= MOST_LOST * size
    return np.flatnonzero(few & (_sums(_cannot_be_bridged(lost), size) == 0))


def _samples(seconds: float) -> int:
    return int(np.ceil(seconds * RATE_HZ))


def _sums(flags: np.ndarray, size: int) -> np.ndarray:
    """How many of `size` consecutive flags are set, from each place on."""
    total = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(total[size:] - total[:-size])


def _cannot_be_bridged(lost: np.ndarray) -> np.ndarray:
    """Flags `(time,)` of gaps that are too long, or have one side only."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(np.int8), [0]])))
    flags = np.zeros(len(lost), dtype=bool)
    for first, stop in edges.reshape(-1, 2):
        outer = first == 0 or stop == len(lost)
        flags[first:stop] = outer or stop - first > LONGEST_GAP_S * RATE_HZ
    return flags
