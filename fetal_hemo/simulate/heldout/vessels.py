"""Another mother: blood in a vessel as scatterers over its whole profile, pulsing in harmonics."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.heldout.beats import beat_times
from fetal_hemo.simulate.heldout.scatterers import cloud, drift

PULSE_BPM = (60.0, 108.0)
HARMONICS = np.array([1.0, 0.62, 0.34, 0.16, 0.07])  # of the flow wave; the higher, the sharper
LAG_RADIANS = np.array([0.0, 0.5, 0.9, 1.2, 1.4])
PEAK_HZ = (250.0, 1_200.0)


def artery(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A maternal artery, float32 `(samples,)`."""
    beats = beat_times(samples, PULSE_BPM, rng)
    time = np.arange(samples) / SAMPLE_RATE_HZ
    turn = 2 * np.pi * np.interp(time, beats, np.arange(len(beats)))
    weight = HARMONICS ** rng.uniform(0.7, 1.5)
    wave = sum(
        w * np.cos((k + 1) * turn - lag)
        for k, (w, lag) in enumerate(zip(weight, LAG_RADIANS, strict=True))
    )
    wave = (wave - wave.min()) / np.ptp(wave)
    rest = rng.uniform(0.0, 0.5)
    velocity = rest + (1 - rest) * wave
    spread = rng.random(40) ** rng.uniform(0.3, 1.0)  # plug flow is fast everywhere
    loud = (0.1 + velocity) ** rng.uniform(0.5, 1.5) * (1 + 0.15 * drift(samples, 3.5, rng))
    return cloud(40.0 + rng.uniform(*PEAK_HZ) * velocity, loud, spread, rng)


def vein(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A vein that swells with the breath, float32 `(samples,)`."""
    flow = 1 + rng.uniform(0, 0.35) * drift(samples, 2.5, rng)
    spread = rng.uniform(0.3, 1.0, 50)
    return cloud(
        rng.uniform(200.0, 800.0) * np.clip(flow, 0.1, 2), np.clip(flow, 0, 2), spread, rng
    )
