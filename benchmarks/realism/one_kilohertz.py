"""Any sound as the long real recording is stored: 1 kHz, unsigned 8 bit, as loud as that one.

Without it a discriminator would only tell the two formats apart.
"""

from __future__ import annotations

import numpy as np
import soxr

from fetal_hemo.constants import SAMPLE_RATE_HZ
from firmware_bridge.audio import audio_from_samples

RATE_HZ, HALF = 1_000, 128
LOUD_SHARE = 0.999  # of the samples are below the level that is matched


def loud_level(samples: np.ndarray) -> float:
    """The level below which 99.9 % of the magnitudes lie: it decides what is clipped at 8 bit."""
    return float(np.quantile(np.abs(samples), LOUD_SHARE))


def through_one_kilohertz(samples: np.ndarray, loud: float) -> np.ndarray:
    """Windows `(windows, 15000)` of `(time,)` at 4 kHz, brought to a level and through the path."""
    slow = soxr.resample(samples.astype(np.float64), SAMPLE_RATE_HZ, RATE_HZ)
    steps = np.rint(slow * (loud / loud_level(slow)) * HALF)
    stored = (np.clip(steps, -HALF, HALF - 1) + HALF).astype(np.uint8)
    return audio_from_samples(stored, RATE_HZ).windows()
