"""A Doppler sound as the sum of single scatterers, each a sinusoid of its own slowly bent pitch."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ


def cloud(
    frequency_hz: np.ndarray, amplitude: np.ndarray, spread: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Float32 `(samples,)`: scatterer `i` is at `spread[i]` times the `(samples,)` frequency.

    `spread` is `(scatterers,)`; a spread of 0 to 1 is the profile of blood in a vessel.
    """
    heard = np.flatnonzero(amplitude > 1e-4 * amplitude.max())
    phase = (2 * np.pi / SAMPLE_RATE_HZ * np.cumsum(frequency_hz))[heard].astype(np.float32)
    moving = np.zeros(len(heard), np.float32)
    for share in spread.astype(np.float32):
        start, size = np.float32(rng.uniform(0, 2 * np.pi)), np.float32(rng.rayleigh())
        moving += size * np.cos(share * phase + start)
    sound = np.zeros(len(amplitude), np.float32)
    sound[heard] = amplitude[heard] * moving / np.sqrt(len(spread))
    return sound


def drift(samples: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Slow wander `(samples,)` of unit size: three sinusoids of unrelated periods."""
    time = np.arange(samples) / SAMPLE_RATE_HZ
    parts = [
        np.sin(2 * np.pi * time / (seconds * rng.uniform(0.6, 2.5)) + rng.uniform(0, 2 * np.pi))
        for _ in range(3)
    ]
    return np.sum(parts, axis=0) * np.sqrt(2 / 3)
