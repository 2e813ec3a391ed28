"""Does the heart beat twice as fast as the rate that was found?

Of a period and its double, which explain the same curve, the tracker believes the one nearer to
140 bpm, so that beats with two lobes are not counted twice. A fetal tachycardia (supraventricular:
220 to 300 bpm) is then found at half its rate, but its curve is as high at half the lag. Such a
rate is not given. Simulated hearts of usual rates stay below 0.2 there, real recordings too.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge.rhythm.lags import LAG_STEP_S, LAGS_S

AS_HIGH = np.float32(0.6)  # of the height at the whole lag
REACH = 2  # lags on each side in which a top may lie


def is_half_the_rate(autocorrelation: np.ndarray, bpm: np.ndarray) -> np.ndarray:
    """Flags `(windows,)` of rates `bpm` `(windows,)`, from curves `(windows, lags)`."""
    whole, half = _top(autocorrelation, 60.0 / bpm), _top(autocorrelation, 30.0 / bpm)
    return np.asarray(half > AS_HIGH * whole)


def _top(autocorrelation: np.ndarray, lag_s: np.ndarray) -> np.ndarray:
    """The highest point `(windows,)` of each curve around a lag."""
    middle = np.rint((lag_s - LAGS_S[0]) / LAG_STEP_S).astype(np.int64)
    around = np.clip(middle[:, None] + np.arange(-REACH, REACH + 1), 0, len(LAGS_S) - 1)
    return np.asarray(np.take_along_axis(autocorrelation, around, axis=1).max(axis=1))
