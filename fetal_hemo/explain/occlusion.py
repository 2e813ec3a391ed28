"""Sound with a part taken out: a beat, or a band of frequencies.

Zeiler and Fergus 2014, on sound and not on a picture of it, so that every view of the model meets
the same gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal.windows import tukey

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.explain.hearing import Hearing

BANDS_HZ = ((25, 100), (100, 200), (200, 300), (300, 450), (450, 600), (600, 900), (900, 1500))
LEFT = 0.1  # of the amplitude: not 0, since digital silence is a signal of its own
BEAT_S = 0.3  # of sound that is taken out around a beat
RAMP = 0.3  # share of it over which the sound fades
EDGE_HZ = 10.0  # over which a band fades


def without_beat(window: NDArray[np.float32], beat_s: float) -> NDArray[np.float32]:
    """The window `(15000,)` with the sound around `beat_s`, counted from its start, 20 dB lower."""
    half = int(BEAT_S * SAMPLE_RATE_HZ / 2)
    middle = int(beat_s * SAMPLE_RATE_HZ)
    first, last = max(0, middle - half), min(len(window), middle + half)
    gain = 1 - (1 - LEFT) * tukey(2 * half, RAMP)
    quieter = window.copy()
    quieter[first:last] *= gain[first - middle + half : last - middle + half].astype(np.float32)
    return quieter


def without_band(
    windows: NDArray[np.float32], low_hz: float, high_hz: float
) -> NDArray[np.float32]:
    """Windows `(windows, 15000)` with the frequencies of a band 20 dB lower."""
    hz = np.fft.rfftfreq(windows.shape[-1], 1 / SAMPLE_RATE_HZ)
    outside = np.maximum(low_hz - hz, hz - high_hz).clip(0, EDGE_HZ) / EDGE_HZ
    gain = LEFT + (1 - LEFT) * outside
    return np.fft.irfft(np.fft.rfft(windows) * gain, windows.shape[-1]).astype(np.float32)


def band_effects(
    hearing: Hearing, windows: NDArray[np.float32], usable: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How much the log odds of a recording fall `(bands,)` when each of `BANDS_HZ` is taken out."""
    whole = hearing.weigh(hearing.hear(windows).embeddings, usable).margin
    without = [
        hearing.weigh(hearing.hear(without_band(windows, *band)).embeddings, usable).margin
        for band in BANDS_HZ
    ]
    return whole - np.array(without)


def beat_effects(
    hearing: Hearing,
    windows: NDArray[np.float32],
    usable: NDArray[np.bool_],
    beats_s: Sequence[float],
) -> NDArray[np.float64]:
    """How much the log odds fall `(beats,)` when each beat, in seconds from the start, goes."""
    embeddings = hearing.hear(windows).embeddings
    whole = hearing.weigh(embeddings, usable).margin
    falls = np.empty(len(beats_s))
    for number, beat_s in enumerate(beats_s):
        index = min(int(beat_s / WINDOW_S), len(windows) - 1)
        quieter = without_beat(windows[index], beat_s - index * WINDOW_SAMPLES / SAMPLE_RATE_HZ)
        changed = embeddings.copy()
        changed[index] = hearing.hear(quieter[None]).embeddings[0]
        falls[number] = whole - hearing.weigh(changed, usable).margin
    return falls
