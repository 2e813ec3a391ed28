"""A probe that lies on no heart: in the air, on cloth, being moved, in a room where nobody speaks.

All sizes are our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import hiss, taps, unit
from fetal_hemo.simulate.narrowband import control_length, narrowband, wander
from fetal_hemo.simulate.sources import add_pulses, arch, gain

RUB_S, RUB_HZ = (0.08, 1.2), (120.0, 700.0)
STEP_S = (0.35, 1.1)
FALLS = (0.0, 1.2)  # of amplitude with frequency: white to nearly brown


def rubbing(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Probe or cable sliding over skin and cloth: swells of broad noise, float32 `(samples,)`."""
    length = control_length(samples)
    sound = np.zeros(samples, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        count = 1 + rng.poisson(rng.uniform(0.4, 2.0) * samples / SAMPLE_RATE_HZ)
        times = rng.uniform(0, samples / SAMPLE_RATE_HZ, count)
        level = add_pulses(times, rng.lognormal(0, 0.7, count), arch(rng.uniform(*RUB_S)), length)
        level *= np.exp(0.4 * wander(length, 0.06, rng))
        centre = rng.uniform(*RUB_HZ) * np.exp(0.25 * wander(length, 0.3, rng))
        if rng.random() < 0.4:  # cloth crackles
            level *= rng.random(length) < rng.uniform(0.02, 0.3)
        sound += narrowband(centre, level, float(rng.uniform(60, 400)), samples, rng)
    return sound


def quiet_room(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Fan, traffic, steps in a room without speech, float32 `(samples,)`."""
    length = control_length(samples)
    level = np.exp(rng.uniform(0.05, 0.5) * wander(length, rng.uniform(0.3, 3.0), rng))
    centre = np.full(length, rng.uniform(80.0, 500.0))
    sound = narrowband(centre, level, float(rng.uniform(60.0, 350.0)), samples, rng)
    if rng.random() < 0.4:
        step = rng.uniform(*STEP_S)
        times = np.arange(rng.random() * step, samples / SAMPLE_RATE_HZ, step)
        times = times + 0.06 * step * rng.standard_normal(len(times))
        track = add_pulses(times, rng.lognormal(0, 0.5, len(times)), arch(0.08), length)
        low = np.full(length, rng.uniform(60.0, 300.0))
        sound += float(rng.uniform(0.3, 2.0)) * narrowband(low, track, 60.0, samples, rng)
    return sound


def coloured(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Receiver noise of any colour, float32 `(samples,)` with RMS 1."""
    if rng.random() < 0.4:
        return hiss(samples, rng)
    spectrum = np.fft.rfft(rng.standard_normal(samples, dtype=np.float32))
    frequency = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE_HZ)
    slope = np.maximum(frequency, 20.0) ** -rng.uniform(*FALLS)
    return unit(np.fft.irfft(spectrum * slope, samples).astype(np.float32))


def in_the_air(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A probe held up, hissing, now and then touched, float32 `(samples,)`."""
    level = 1 + 0.1 * wander(control_length(samples), 1.0, rng)
    at = np.linspace(0, len(level) - 1, samples)
    sound = coloured(samples, rng) * np.interp(at, np.arange(len(level)), level)
    if rng.random() < 0.5:
        sound = sound + gain(rng.uniform(-6, 12)) * taps(samples, rng, rng.uniform(0.1, 2.0))
    return sound.astype(np.float32)
