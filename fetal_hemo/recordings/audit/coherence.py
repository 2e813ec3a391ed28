"""Whether two pieces of audio are the same sound, asked of the waveforms themselves.

Cross-correlation with every frequency given the same weight (phase transform; Knapp & Carter 1976,
IEEE TASSP 24:320): mains hum, a comb of interference or a heart beating at the same rate cannot
make two recordings alike, since each fills few of the thousands of frequencies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fetal_hemo.recordings.audit.landmarks import HIGH_HZ, LOW_HZ, RATE_HZ

MOST_LAG_S = 0.06  # how far the offset of the landmarks may be off
FINER = 4  # lags in a sample


class Coherence(NamedTuple):
    """`score` from -1 (the same sound, inverted) over 0 (another) to 1, at `lag_s`."""

    score: float
    lag_s: float


def coherence(first: np.ndarray, second: np.ndarray) -> Coherence:
    """The `Coherence` of two pieces `(time,)` of equal length at 1 kHz.

    `lag_s` is how much later the sound is in the first. Different sounds score within 0.1 of 0
    from 3 s on.
    """
    size = 2 * len(first)
    taper = np.hanning(len(first))
    cross = np.fft.rfft(first * taper, size) * np.conj(np.fft.rfft(second * taper, size))
    frequency = np.fft.rfftfreq(size, 1 / RATE_HZ)
    inside = (frequency >= LOW_HZ) & (frequency <= HIGH_HZ)
    strength = np.abs(cross)
    phase = np.where(inside & (strength > 0), cross / np.maximum(strength, 1e-300), 0)
    # Four lags a sample: between two samples 450 Hz would lose half of its coherence.
    likeness = np.fft.irfft(phase, FINER * size) * FINER * size / (2 * inside.sum())
    reach = round(MOST_LAG_S * RATE_HZ * FINER)
    near = np.concatenate([likeness[-reach:], likeness[: reach + 1]])  # lags -reach to reach
    best = int(np.argmax(np.abs(near)))
    return Coherence(float(near[best]), (best - reach) / (RATE_HZ * FINER))
