"""Other noises: power-law hiss, resonant rooms, rustling cloth, blowing, tapping."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.heldout.scatterers import drift

# Kellet's filter: white noise to 1/f.
PINK = (
    [0.049922035, -0.095993537, 0.050612699, -0.004408786],
    [1, -2.494956002, 2.017265875, -0.522189400],
)


def receiver(samples: int, rng: np.random.Generator) -> np.ndarray:
    """White, pink, brown or blue hiss, float32 `(samples,)`."""
    white = rng.laplace(size=samples) if rng.random() < 0.2 else rng.standard_normal(samples)
    kind = rng.integers(4)
    if kind == 1:
        white = lfilter(*PINK, white)
    elif kind == 2:
        white = lfilter([1.0], [1.0, -rng.uniform(0.6, 0.97)], white)
    elif kind == 3:
        white = lfilter([1.0, -rng.uniform(0.2, 0.8)], [1.0], white)
    return white.astype(np.float32)


def room(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A room: two resonances of hum-like noise under a fan's slow beat, float32 `(samples,)`."""
    sound = np.zeros(samples)
    for _ in range(2):
        low = rng.uniform(80.0, 500.0)
        sos = butter(
            2, [low, low * rng.uniform(1.3, 3.0)], "bandpass", fs=SAMPLE_RATE_HZ, output="sos"
        )
        sound += rng.uniform(0.3, 1.0) * sosfilt(sos, rng.standard_normal(samples)) * np.sqrt(5)
    return (sound * (1 + 0.25 * drift(samples, rng.uniform(0.3, 2.0), rng))).astype(np.float32)


def rustle(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Cloth or skin rubbed: crackles that come in clusters, float32 `(samples,)`."""
    walk = lfilter([1.0], [1.0, -0.9995], rng.standard_normal(samples))
    activity = np.clip(walk / (walk.std() + 1e-9), 0, None) ** 2
    crackle = (rng.random(samples) < rng.uniform(0.01, 0.2)) * rng.standard_normal(samples)
    pole = 0.9 * np.exp(2j * np.pi * rng.uniform(150.0, 800.0) / SAMPLE_RATE_HZ)
    ring = lfilter([1.0], np.poly([pole, pole.conjugate()]).real, crackle * (0.02 + activity))
    return ring.astype(np.float32)


def taps(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A few knocks that ring, at irregular times, float32 `(samples,)`."""
    strike = np.zeros(samples)
    strike[rng.integers(0, samples, 1 + rng.poisson(3.0))] = rng.uniform(0.2, 1.0)
    pole = rng.uniform(0.95, 0.992) * np.exp(2j * np.pi * rng.uniform(100, 700) / SAMPLE_RATE_HZ)
    ring = lfilter([1.0], np.poly([pole, pole.conjugate()]).real, strike)
    return (ring + 0.01 * ring.std() * rng.standard_normal(samples)).astype(np.float32)


def blowing(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Wind or breath over the probe: noise whose loudness wanders, float32 `(samples,)`."""
    level = np.exp(rng.uniform(0.2, 1.0) * drift(samples, rng.uniform(0.5, 2.5), rng))
    return (level * lfilter([1.0], [1.0, -0.9], rng.standard_normal(samples))).astype(np.float32)
