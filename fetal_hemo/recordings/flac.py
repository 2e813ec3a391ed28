"""Samples as the FLAC file that a cohort stores."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from fetal_hemo.constants import SAMPLE_RATE_HZ

FULL_SCALE = 32_768
BLOCK = 60 * SAMPLE_RATE_HZ  # a minute at a time: an hour of integers need not exist at once


def flac(
    samples: np.ndarray, gain: float = 1.0, comment: str = "", rate_hz: int = SAMPLE_RATE_HZ
) -> bytes:
    """FLAC bytes, int16, of float samples `(time,)`; what is beyond [-1, 1] after the gain is
    clipped. There are no tags but the comment."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate_hz, channels=1, format="FLAC", subtype="PCM_16"
    ) as file:
        if comment:
            file.comment = comment
        for start in range(0, len(samples), BLOCK):
            file.write(_to_int16(samples[start : start + BLOCK], gain))
    return buffer.getvalue()


def _to_int16(samples: np.ndarray, gain: float) -> np.ndarray:
    scaled = np.rint(samples * (gain * FULL_SCALE))
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
