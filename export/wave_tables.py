"""The tables of the front end that are cosines on an even grid, as `Waves`.

Whether one is right is not believed: it replaces a constant of the graph only where it is equal
to the last bit. A test holds that each still does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export.waves import STEPS, Waves
from fetal_hemo.constants import FRAMES, WINDOW_S
from fetal_hemo.signals import heart_rate, modulation, voicing
from firmware_bridge.rhythm.lags import LAGS_S

Whole = NDArray[np.int64]
# Steps of the turn that one row and one column are apart, by the grid that the two make together.
PULSES = np.arange(6, 79)  # of 1 / 5.6 s: 1-14 Hz
PULSE_BLOCKS = STEPS // 224  # 25 ms x 1 / 5.6 s
PULSE_FRAMES = 3 * STEPS // 1_120  # 15 ms x 1 / 5.6 s
PULSE_LAGS = STEPS // 2_800  # 2 ms x 1 / 5.6 s
SLOW_BLOCKS = STEPS // modulation.BLOCKS
VOICE = STEPS // voicing.FRAME


def wave_tables() -> dict[str, Waves]:
    """The tables by a name of their own, of the heart rate, the modulation and the voice."""
    return {
        "rate_waves": _rate_waves(),
        "rate_lags": _rate_lags(),
        "modulation_waves": _modulation_waves(),
        "voice_waves": _voice_waves(),
    }


def _rate_waves() -> Waves:
    rows = np.arange(FRAMES // heart_rate.STEP_FRAMES)
    columns, offsets = _cosine_and_sine(PULSES * PULSE_FRAMES)
    return Waves(rows, columns, offsets, np.ones((len(rows), 1)), np.ones((1, len(columns))))


def _rate_lags() -> Waves:
    lags = 75 + 2 * np.arange(len(LAGS_S))  # 150 ms on, 4 ms apart
    scale = 1.0 / (1.0 - LAGS_S / WINDOW_S)
    at = lags * PULSE_LAGS
    return Waves(PULSES, at, np.zeros_like(at), np.ones((len(PULSES), 1)), scale[None])


def _modulation_waves() -> Waves:
    """Slow waves under a Hann window, then the pulse's without one."""
    blocks = np.arange(modulation.BLOCKS)
    slow, zero = _cosine_and_sine(np.arange(1, modulation.BLOCKS // 2) * SLOW_BLOCKS)
    pulse, quarter = _cosine_and_sine(PULSES * PULSE_BLOCKS)
    hann = np.hanning(modulation.BLOCKS + 2)[1:-1]
    windowed = np.arange(len(slow) + len(pulse)) < len(slow)
    return Waves(
        blocks,
        np.concatenate([slow, pulse]),
        np.concatenate([zero, quarter]),
        np.stack([hann, np.ones_like(hann)], axis=1),
        np.stack([windowed, ~windowed]).astype(np.float64),
    )


def _voice_waves() -> Waves:
    samples = np.arange(voicing.FRAME)
    columns, offsets = _cosine_and_sine(voicing.BINS * VOICE)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * samples / voicing.FRAME)
    return Waves(samples, columns, offsets, hann[:, None], np.ones((1, len(columns))))


def _cosine_and_sine(columns: Whole) -> tuple[Whole, Whole]:
    """The columns twice, and offsets: a sine is the cosine three quarters of a turn on."""
    return np.tile(columns, 2), np.repeat([0, 3 * STEPS // 4], len(columns))
