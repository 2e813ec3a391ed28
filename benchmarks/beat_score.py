"""How well beat times agree with the truth, up to the constant between two marks of one cycle."""

from __future__ import annotations

import numpy as np

TOLERANCE_S = 0.030
OFFSETS_S = np.linspace(-0.3, 0.3, 241)  # a Q wave and a wall movement are this far apart at most


def beat_f1(found_s: np.ndarray, true_s: np.ndarray, spans_s: np.ndarray) -> float:
    """F1 of beats `(found,)` against `(true,)` inside spans `(spans, 2)`, within 30 ms.

    One constant offset for the whole recording is taken out first: the truth marks the Q wave,
    sound marks a movement that follows it.
    """
    here, there = _inside(found_s, spans_s), _inside(true_s, spans_s)
    if not here.any() or not there.any():
        return 0.0
    matches = [_near(found_s[here] - offset, true_s).sum() for offset in OFFSETS_S]
    shifted = found_s - OFFSETS_S[int(np.argmax(matches))]
    precision = float(_near(shifted[here], true_s).mean())
    recall = float(_near(true_s[there], shifted).mean())
    return 2 * precision * recall / max(precision + recall, 1e-9)


def _inside(times_s: np.ndarray, spans_s: np.ndarray) -> np.ndarray:
    if not len(spans_s):
        return np.zeros(len(times_s), dtype=bool)
    return ((times_s[:, None] >= spans_s[:, 0]) & (times_s[:, None] < spans_s[:, 1])).any(axis=1)


def _near(times_s: np.ndarray, others_s: np.ndarray) -> np.ndarray:
    after = np.clip(np.searchsorted(others_s, times_s), 1, len(others_s) - 1)
    distance = np.minimum(np.abs(times_s - others_s[after]), np.abs(times_s - others_s[after - 1]))
    return np.asarray(distance <= TOLERANCE_S)
