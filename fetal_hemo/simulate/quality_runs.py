"""When a recording is good, poor, disturbed, talked over or silent: stretches with known labels.

Tags: `S` a published figure, `I` our inference (field shares are not published).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES

# The first classes of QUALITY_CLASSES, in that order: cohorts hold the others nowhere.
# Movements of the fetus make about 0.07 of the windows poor besides.
SHARE = {"good": 0.81, "poor": 0.07, "interference": 0.045, "talking": 0.045, "silent": 0.03}  # I
MEAN_WINDOWS = {"good": 9.0, "poor": 3.5, "interference": 2.5, "talking": 2.5, "silent": 2.0}  # I
SHARE_SPREAD = 0.6  # I: log spread of how much a recording suffers from each
EDGE_S = 0.35  # I: a stretch begins and ends this close to a window's edge
FADE_S = 0.05  # I


@dataclass(frozen=True)
class Stretch:
    """Samples `start` to `stop` of a recording, under one quality class."""

    name: str
    start: int
    stop: int

    @property
    def length(self) -> int:
        """Number of samples."""
        return self.stop - self.start

    @property
    def slice(self) -> slice:
        """Where it lies."""
        return slice(self.start, self.stop)

    def fade(self) -> np.ndarray:
        """Gain `(length,)`: 1 with short straight ramps at both ends, float32."""
        ramp = FADE_S * SAMPLE_RATE_HZ
        at = np.arange(self.length, dtype=np.float32)
        return np.minimum(1, np.minimum(at, at[::-1]) / np.float32(ramp))

    def mask(self, samples: int) -> np.ndarray:
        """`fade` in its place in `(samples,)` zeros."""
        mask = np.zeros(samples, np.float32)
        mask[self.slice] = self.fade()
        return mask


@dataclass(frozen=True)
class QualityRuns:
    """`labels` (windows,) int64, index in `QUALITY_CLASSES`, and the stretches behind them."""

    labels: np.ndarray
    all: tuple[Stretch, ...]

    def stretches(self, name: str) -> Iterator[Stretch]:
        """Stretches of one class, in time order."""
        return (run for run in self.all if run.name == name)


def quality_runs(
    samples: int, trouble: Mapping[str, float], rng: np.random.Generator
) -> QualityRuns:
    """Quality of every window of a recording of `samples`, in stretches of a Markov chain.

    `trouble` is how often a class happens here, relative to its usual share.
    """
    windows = samples // WINDOW_SAMPLES
    labels = _labels(windows, trouble, rng)
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), windows]
    slip = EDGE_S * SAMPLE_RATE_HZ
    at = [round(edge * WINDOW_SAMPLES + rng.uniform(-slip, slip)) for edge in edges]
    at[0], at[-1] = 0, samples
    runs = tuple(
        Stretch(QUALITY_CLASSES[int(labels[edge])], start, stop)
        for edge, start, stop in zip(edges[:-1], at[:-1], at[1:], strict=True)
        if stop > start
    )
    return QualityRuns(labels, runs)


def _labels(windows: int, trouble: Mapping[str, float], rng: np.random.Generator) -> np.ndarray:
    share = np.array([usual * trouble.get(name, 1.0) for name, usual in SHARE.items()])
    share = share * np.exp(SHARE_SPREAD * rng.standard_normal(len(share)))
    mean = np.array([MEAN_WINDOWS[name] for name in SHARE])
    leave = share / mean
    labels = np.empty(windows, np.int64)
    at, now = 0, int(rng.choice(len(share), p=share / share.sum()))
    while at < windows:
        count = int(rng.geometric(1 / mean[now]))
        labels[at : at + count] = now
        others = leave * (np.arange(len(share)) != now)
        at, now = at + count, int(rng.choice(len(share), p=others / others.sum()))
    return labels
