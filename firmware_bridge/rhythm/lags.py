"""The lags at which the window graph samples its autocorrelation, and those a fetal beat may have.

The search range is that of Valderrama 2019 (Physiol Meas 40:025005).
"""

from __future__ import annotations

import numpy as np

LAG_STEP_S = 0.004  # 1.3 bpm at 140 bpm; a parabola refines it
LAGS_S = np.arange(0.15, 1.73, LAG_STEP_S)
SHORTEST_BEAT_S, LONGEST_BEAT_S = 0.2873, 0.8391  # 208.8 and 71.5 bpm

BEAT_LAGS = np.flatnonzero((LAGS_S >= SHORTEST_BEAT_S) & (LAGS_S <= LONGEST_BEAT_S))
BEAT_S = LAGS_S[BEAT_LAGS]
BEAT_BPM = 60.0 / BEAT_S
# A true period repeats at twice its lag too.
TWICE_LAGS = np.rint((2 * BEAT_S - LAGS_S[0]) / LAG_STEP_S).astype(np.int64)
SECOND_BEAT_WEIGHT = 0.5

# A weak belief that settles period doubling: half the true rate needs twice the evidence.
PRIOR_BPM, PRIOR_LOG_WIDTH = 140.0, 0.5
PRIOR = np.exp(-0.5 * (np.log(BEAT_BPM / PRIOR_BPM) / PRIOR_LOG_WIDTH) ** 2)


def vertex(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Offsets in steps, -0.5 to 0.5, of the parabolas through three neighbouring points each."""
    bend = np.maximum(2 * here - before - after, 1e-6)
    return np.asarray(np.clip(0.5 * (after - before) / bend, -0.5, 0.5))
