"""The samples of a recording, decoded exactly as the device decodes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.audio import read_audio

SEEKABLE = ("FLAC", "WAV")  # exact to the sample; their 16-bit samples need no decision on scale


def load_samples(path: Path | str, channel: int = 0) -> np.ndarray:
    """The `(time,)` float32 samples of an audio file at 4 kHz, about -1 to 1, of one channel.

    Raises `FetalHemoError` with the codes of `firmware_bridge.audio.read_audio`.
    """
    return read_audio(path, lambda minute: channel).samples


def windows_of(samples: np.ndarray) -> np.ndarray:
    """The whole 3.75 s windows `(windows, 15000)` of `(time,)`, a view; the rest is left out."""
    count = len(samples) // WINDOW_SAMPLES
    return samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)


def read_windows(path: Path | str, channel: int, indices: Sequence[int]) -> np.ndarray:
    """The windows `(indices, 15000)` of a recording, the same to the bit as all of it would give.

    Of 16-bit FLAC or WAV at 4 kHz, as `ingest` makes them, only these are decoded. Raises as
    `load_samples` does.
    """
    found = _seek_windows(path, channel, indices)
    if found is not None:
        return found
    return windows_of(load_samples(path, channel))[list(indices)]


def _seek_windows(path: Path | str, channel: int, indices: Sequence[int]) -> np.ndarray | None:
    """The windows by seeking; None where that is not sure to be exact."""
    try:
        with soundfile.SoundFile(path) as sound:
            known = (sound.format in SEEKABLE, sound.subtype == "PCM_16", sound.samplerate)
            if known != (True, True, SAMPLE_RATE_HZ) or channel >= sound.channels:
                return None
            found = np.empty((len(indices), WINDOW_SAMPLES), np.float32)
            for row, index in enumerate(indices):
                sound.seek(index * WINDOW_SAMPLES)
                part = sound.read(WINDOW_SAMPLES, dtype="float32", always_2d=True)
                found[row] = part[:, channel]
            return found
    except (soundfile.LibsndfileError, OSError, ValueError):
        return None  # the whole reader says in one line what is wrong
