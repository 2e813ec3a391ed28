"""Heart rate at 4 Hz, as a CTG device prints it: real from CTU-UHB, and of simulated beats.

A CTG device correlates a second or two of sound, so beat-to-beat differences are smoothed away.
Simulated beats are treated alike: the rate of each beat, averaged over the last two seconds,
sampled at 4 Hz, in steps of 0.25 bpm (the step is CTU-UHB's; the two seconds are our inference).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.realism.variation import Variation, variation
from fetal_hemo.recordings.public.epochs import epoch_rates
from fetal_hemo.recordings.public.source import RATE_HZ, Source

MOST_LOST = 0.05
AVERAGED_S, STEP_BPM = 2.0, 0.25
FINE_HZ = 100
MS_PER_MINUTE = 60_000.0


def real_rates(folder: Path, seconds: float) -> Iterator[np.ndarray]:
    """The first stretch `(time,)` in bpm with under 5 % lost (NaN), of each record that has one."""
    source, size = Source(folder), round(seconds * RATE_HZ)
    for name in source.names():
        try:
            bpm = source.read(name).bpm
        except FileNotFoundError:
            continue
        for start in range(0, len(bpm) - size + 1, size):
            stretch = bpm[start : start + size]
            if np.isnan(stretch).mean() < MOST_LOST:
                yield stretch.astype(np.float64)
                break


def as_ctg(beats_s: np.ndarray, seconds: float) -> np.ndarray:
    """The rate `(time,)` in bpm that a CTG device would print of these beats."""
    fine = np.arange(round(seconds * FINE_HZ)) / FINE_HZ
    after = np.clip(np.searchsorted(beats_s, fine), 1, len(beats_s) - 1)
    bpm = 60.0 / (beats_s[after] - beats_s[after - 1])
    size = round(AVERAGED_S * FINE_HZ)
    total = np.cumsum(np.pad(bpm, (size, 0), mode="edge"))
    smooth = (total[size:] - total[:-size]) / size
    return np.rint(smooth[:: FINE_HZ // RATE_HZ] / STEP_BPM) * STEP_BPM


def ctg_variation(bpm: np.ndarray) -> Variation:
    """`Variation` of a rate `(time,)` at 4 Hz, entropy of its seconds.

    What is lost is bridged by a straight line.
    """
    time, there = np.arange(len(bpm)), np.isfinite(bpm)
    whole = MS_PER_MINUTE / np.interp(time, time[there], bpm[there])
    return variation(whole, epoch_rates(bpm, RATE_HZ), by_second(whole), whole, RATE_HZ)


def by_second(series: np.ndarray) -> np.ndarray:
    """Means over whole seconds `(seconds,)`: at 4 Hz entropy would be that of the smoothing."""
    return series[: len(series) // RATE_HZ * RATE_HZ].reshape(-1, RATE_HZ).mean(axis=1)
