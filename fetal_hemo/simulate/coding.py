"""Sound after a lossy codec: phones send and keep recordings as MP3 or OGG."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from scipy.signal import resample_poly

from fetal_hemo.constants import SAMPLE_RATE_HZ

CODECS = (("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"))
FACTORS = (2, 3, 4)  # 8 to 16 kHz: no MP3 is slower
QUALITY = (0.0, 0.9)  # libsndfile's compression level: high is small


def coded(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` encoded and decoded again, float32 of the same length, a few ms later."""
    kind, subtype = CODECS[int(rng.integers(len(CODECS)))]
    factor = int(rng.choice(FACTORS))
    rate = factor * SAMPLE_RATE_HZ
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", rate, 1, subtype, format=kind, compression_level=float(rng.uniform(*QUALITY))
    ) as sink:
        sink.write(np.clip(resample_poly(samples, factor, 1), -1, 1))
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    back = np.clip(resample_poly(decoded, 1, factor), -1, 1).astype(np.float32)
    return np.pad(back, (0, max(0, len(samples) - len(back))))[: len(samples)]
