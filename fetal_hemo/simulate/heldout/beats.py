"""Another fetal heart: two to five lobes a beat, each a short chirp of scatterers."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.heldout.scatterers import cloud, drift

RATE_BPM = (108.0, 182.0)
BEAT_SPREAD = (0.1, 0.45)  # log spread of loudness from beat to beat
LOBE_S, LOBE_HZ = (0.012, 0.05), (170.0, 620.0)
CHIRP, PITCH_SPREAD = (-0.3, 0.3), (0.03, 0.25)


def heart(samples: int, rng: np.random.Generator) -> np.ndarray:
    """The sound of a fetal heart at a steady or slowly changing rate, float32 `(samples,)`."""
    beats = beat_times(samples, RATE_BPM, rng)
    loud = np.exp(rng.uniform(*BEAT_SPREAD) * rng.standard_normal(len(beats)))
    sound = np.zeros(samples, np.float32)
    offsets = np.sort(rng.uniform(0.0, 0.75, int(rng.integers(2, 6))))
    sizes = rng.permutation(np.geomspace(1.0, rng.uniform(0.15, 0.5), len(offsets)))
    interval = float(np.diff(beats).mean())
    for offset, size in zip(offsets, sizes, strict=True):
        sound += size * _lobe(beats + offset * interval, loud, samples, rng)
    return sound


def beat_times(samples: int, bpm: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Times in s of beats whose rate swings a little around one from `bpm`, `(beats,)`."""
    interval = 60.0 / rng.uniform(*bpm)
    count = int(1.3 * samples / SAMPLE_RATE_HZ / interval) + 6
    swing = rng.uniform(0.0, 0.03) * np.sin(rng.uniform(0.1, 0.9) * np.arange(count))
    jitter = 0.004 * rng.standard_t(5, count)
    return np.cumsum(interval * (1 + swing + jitter)) - interval * (1.5 + rng.random())


def _lobe(
    centres: np.ndarray, loud: np.ndarray, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """One event of the beat, a gamma-shaped burst with a gliding pitch, float32 `(samples,)`."""
    width, rise = rng.uniform(*LOBE_S), rng.uniform(1.0, 4.0)
    time = np.arange(samples) / SAMPLE_RATE_HZ
    level, since = np.zeros(samples), np.full(samples, -1.0)
    for centre, size in zip(centres, loud * rng.lognormal(0, 0.15, len(loud)), strict=True):
        first, last = np.searchsorted(time, (centre, centre + 12 * width))
        at = (time[first:last] - centre) / width
        level[first:last] += size * (at / rise) ** rise * np.exp(rise - at)
        since[first:last] = at / 6
    pitch = rng.uniform(*LOBE_HZ) * (1 + rng.uniform(*CHIRP) * np.clip(since, 0, 1))
    pitch *= 1 + 0.03 * drift(samples, 1.0, rng)
    spread = 1 + rng.uniform(*PITCH_SPREAD) * rng.standard_normal(14)
    return cloud(pitch, level, spread, rng)
