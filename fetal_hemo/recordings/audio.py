"""The samples of a recording, decoded exactly as the device decodes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fetal_hemo.constants import WINDOW_SAMPLES
from firmware_bridge.audio import read_audio


def load_samples(path: Path | str, channel: int = 0) -> np.ndarray:
    """The `(time,)` float32 samples of an audio file at 4 kHz, about -1 to 1, of one channel.

    Raises `FetalHemoError` with the codes of `firmware_bridge.audio.read_audio`.
    """
    return read_audio(path, lambda minute: channel).samples


def windows_of(samples: np.ndarray) -> np.ndarray:
    """The whole 3.75 s windows `(windows, 15000)` of `(time,)`, a view; the rest is left out."""
    count = len(samples) // WINDOW_SAMPLES
    return samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)
