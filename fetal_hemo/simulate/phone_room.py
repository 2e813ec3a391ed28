"""A phone that hears the unit's loudspeaker across a room, instead of a cable.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from fetal_hemo.constants import SAMPLE_RATE_HZ

REVERBERATION_S = (0.15, 0.5)  # S: a furnished room, 60 dB
REVERBERANT_DB = (-18.0, -6.0)  # I: of the direct sound; the phone lies close
MICROPHONE_HIGH_PASS_HZ = (90.0, 180.0)  # I
LOUDSPEAKER_HZ, LOUDSPEAKER_DB = (350.0, 900.0), (0.0, 5.0)  # I: a resonance half an octave wide


def across_a_room(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` after loudspeaker, room and microphone, float32."""
    decay = rng.uniform(*REVERBERATION_S)
    tail = int(decay * SAMPLE_RATE_HZ)
    time = np.arange(tail) / SAMPLE_RATE_HZ
    echo = rng.standard_normal(tail) * 10 ** (-3 * time / decay)  # -60 dB at `decay`
    echo *= 10 ** (rng.uniform(*REVERBERANT_DB) / 20) / np.sqrt(np.sum(echo * echo))
    echo[0] += 1.0
    count = next_fast_len(len(samples) + tail, real=True)
    frequency = np.maximum(rfftfreq(count, 1 / SAMPLE_RATE_HZ), 1e-3)
    low = 1 / np.sqrt(1 + (rng.uniform(*MICROPHONE_HIGH_PASS_HZ) / frequency) ** 4)
    away = np.log2(frequency / rng.uniform(*LOUDSPEAKER_HZ)) / 0.25
    peak = 10 ** (rng.uniform(*LOUDSPEAKER_DB) / 20 * np.exp(-0.5 * away**2))
    shaped = rfft(samples, count) * rfft(echo, count) * low * peak
    return irfft(shaped, count)[: len(samples)].astype(np.float32)
