"""How much of each window is clipped: flat runs at the recording's largest or smallest value."""

from __future__ import annotations

import numpy as np

from firmware_bridge.constants import INT16_SCALE, LARGEST_FLOAT

RUN = 3  # samples in a row; a true peak hardly ever stays that long at the very same extreme
COARSE_LEVELS = 32  # a window with fewer distinct values is quiet rather than clipped ...
FULL_SCALE = 0.98  # ... unless it reaches the end of the scale


class ClippingMeter:
    """Clipped share of the windows of one channel, fed window by window on the source's scale."""

    def __init__(self) -> None:
        self._windows: list[tuple[float, float, int, int, int]] = []

    def add(self, window: np.ndarray, low: float, high: float) -> None:
        """Take the samples `(time,)` of the next window, and their extremes."""
        at_low, at_high = _in_runs(window == low), _in_runs(window == high)
        if _too_coarse(window, low, high, at_low + at_high):
            at_low = at_high = 0
        self._windows.append((low, high, at_low, at_high, window.size))

    def shares(self) -> np.ndarray:
        """The `(windows,)` shares of samples, 0 to 1, that are held at the recording's extremes."""
        if not self._windows:
            return np.zeros(0)
        low, high, at_low, at_high, size = np.array(self._windows).T
        clipped = np.where(low == low.min(), at_low, 0) + np.where(high == high.max(), at_high, 0)
        return clipped / size


def _too_coarse(window: np.ndarray, low: float, high: float, clipped: int) -> bool:
    """Whether flat runs come from a quiet signal on a coarse scale: 8 bit, or a few steps."""
    peak = max(-low, high)
    scale = 1.0 if peak <= LARGEST_FLOAT else INT16_SCALE
    if clipped == 0 or peak >= FULL_SCALE * scale:
        return False
    return bool(1 + np.count_nonzero(np.diff(np.sort(window))) < COARSE_LEVELS)


def _in_runs(at: np.ndarray) -> int:
    """How many of the flags `(time,)` stand in runs of at least `RUN`."""
    if np.count_nonzero(at) < RUN:
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], at, [False]])))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= RUN].sum())
