"""Attention and sound over the heart's cycle, as means over the beats of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import WINDOW_S

PHASES = 24  # of a cycle: a step of 30 ms is a fourteenth of one at 140 bpm
SLOWEST_S, FASTEST_S = 0.75, 0.27  # 80 and 220 bpm: between these two beats are neighbours


class InsideBeat(NamedTuple):
    """Means over `beats` cycles at `PHASES` phases from beat to beat."""

    attention: NDArray[np.float64]  # (2, phases): 1 = as if spread evenly
    envelope: NDArray[np.float64]  # (phases,) mean level of the sound, 1 = its mean
    beats: int


def inside_beat(
    beat_attention: NDArray[np.float32], windows: NDArray[np.float32], beats_s: Sequence[float]
) -> InsideBeat | None:
    """`InsideBeat` of attention `(windows, 2, steps)` and samples; None without neighbours.

    The moment that a beat marks is the same in every beat (`rhythm`), not known against the ECG.
    """
    at = _cycles(np.asarray(beats_s), len(windows))
    if not len(at):
        return None
    steps = beat_attention.shape[-1]
    even = beat_attention * steps
    curve = np.concatenate(list(even), axis=1)  # (2, windows x steps)
    level = np.abs(windows).reshape(-1)
    loud = level[: len(level) // 40 * 40].reshape(-1, 40).mean(axis=1)  # 10 ms
    of_views = np.stack([_sampled(row, at, WINDOW_S / steps) for row in curve])
    envelope = _sampled(loud, at, 0.01)
    return InsideBeat(of_views, envelope / max(float(envelope.mean()), 1e-12), len(at))


def _cycles(beats_s: NDArray[np.float64], windows: int) -> NDArray[np.float64]:
    """Seconds `(cycles, phases)` of every cycle whose two beats are neighbours."""
    first, length = beats_s[:-1], np.diff(beats_s)
    real = (length > FASTEST_S) & (length < SLOWEST_S) & (beats_s[1:] < windows * WINDOW_S)
    phase = (np.arange(PHASES) + 0.5) / PHASES
    return first[real, None] + length[real, None] * phase


def _sampled(
    curve: NDArray[np.floating], at_s: NDArray[np.float64], step_s: float
) -> NDArray[np.float64]:
    middle = (np.arange(len(curve)) + 0.5) * step_s
    return np.interp(at_s, middle, curve).mean(axis=0)
