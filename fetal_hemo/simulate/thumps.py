"""Plainer beats than a modelled heart's: knocks that ring, puffs, whooshes, at any rate.

For what the modelled sources do not reach: other probes, other depths, the mother's own heart.
Every number is our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import unit
from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband, wander
from fetal_hemo.simulate.sources import add_pulses, gain

JITTER, DRIFT = (0.002, 0.02), (0.0, 0.03)  # of the interval: beat to beat, and over several
DRIFT_BEATS = 8
PART_HZ, PART_WIDTH_HZ = (90.0, 900.0), (5.0, 300.0)
RISE_S, FALL_S = (0.004, 0.06), (0.008, 0.15)
FLOW_DB = (-40.0, -8.0)


def thumps(samples: int, rng: np.random.Generator, rate_bpm: tuple[float, float]) -> np.ndarray:
    """Beats of one to three parts at a rate within `rate_bpm`, float32 `(samples,)`, RMS 1."""
    length, sound = control_length(samples), np.zeros(samples, np.float32)
    beats = _beats(samples / SAMPLE_RATE_HZ, 60.0 / rng.uniform(*rate_bpm), rng)
    interval = float(np.median(np.diff(beats)))
    loud = rng.lognormal(0, rng.uniform(0.02, 0.45), len(beats))
    for part in range(int(rng.integers(1, 4))):
        late = 0.0 if part == 0 else rng.uniform(0.15, 0.6) * interval
        own = loud * rng.lognormal(0, rng.uniform(0, 0.3), len(beats))
        level = add_pulses(beats + late, own, _shape(interval, rng), length)
        level *= 1.0 if part == 0 else rng.uniform(0.1, 1.0)
        centre = rng.uniform(*PART_HZ) * np.exp(rng.uniform(-0.3, 0.5) * np.minimum(level, 1.5))
        width = float(np.exp(rng.uniform(*np.log(PART_WIDTH_HZ))))
        sound += narrowband(centre, level + 1e-3, width, samples, rng)
    flow = np.exp(rng.uniform(0, 0.3) * wander(length, 0.5, rng))
    under = narrowband(np.full(length, rng.uniform(*PART_HZ)), flow, 150.0, samples, rng)
    return unit(unit(sound) + gain(rng.uniform(*FLOW_DB)) * unit(under))


def _beats(seconds: float, interval_s: float, rng: np.random.Generator) -> np.ndarray:
    """Times of beats from before the window to after it."""
    count = int(seconds / interval_s * 1.3) + 6
    drift = rng.uniform(*DRIFT) * wander(count, DRIFT_BEATS / CONTROL_HZ, rng)
    intervals = interval_s * (1 + drift + rng.uniform(*JITTER) * rng.standard_normal(count))
    return np.cumsum(np.maximum(intervals, 0.3 * interval_s)) - interval_s * (1 + rng.random())


def _shape(interval_s: float, rng: np.random.Generator) -> np.ndarray:
    """One pulse at `CONTROL_HZ`: sharp, round, or as long as most of the beat."""
    if rng.random() < 0.3:
        phase = np.linspace(0, np.pi, max(8, int(rng.uniform(0.4, 0.95) * interval_s * CONTROL_HZ)))
        return np.sin(phase) ** rng.uniform(1.0, 3.0)
    rise, fall = (np.exp(rng.uniform(*np.log(span))) for span in (RISE_S, FALL_S))
    time = np.arange(int(min(4 * (rise + fall), 0.8 * interval_s) * CONTROL_HZ)) / CONTROL_HZ
    return np.minimum(time / rise, 1.0) * np.exp(-np.clip(time - rise, 0, None) / fall)
