"""Short- and long-term variation of the fetal heart, from one heart rate each 3.75 s.

Dawes & Redman's computerised analysis (Pardey 2002): the epoch is 1/16 min, the variation is of
pulse intervals in milliseconds.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge.constants import WINDOW_S

EPOCHS_PER_MINUTE = 16
MIN_EPOCHS = 8  # half a minute: fewer say little about variation
MS_PER_MINUTE = 60_000.0


def short_term_variation_ms(bpm: np.ndarray) -> float | None:
    """Mean absolute difference of successive epochs' pulse intervals, in ms.

    `bpm` is `(epochs,)` with NaN where there is no rate; only neighbours that both have one are
    compared. None with fewer than 8 such pairs.
    """
    steps = np.abs(np.diff(MS_PER_MINUTE / bpm))
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if steps.size >= MIN_EPOCHS else None


def long_term_variation_ms(bpm: np.ndarray) -> float | None:
    """Mean over minutes of the range of the epochs' pulse intervals, in ms.

    `bpm` as above, from the recording's start. A minute counts if at least 8 of its 16 epochs
    have a rate; None without any.
    """
    ranges = []
    for start in range(0, len(bpm), EPOCHS_PER_MINUTE):
        minute = MS_PER_MINUTE / bpm[start : start + EPOCHS_PER_MINUTE]
        minute = minute[np.isfinite(minute)]
        if minute.size >= MIN_EPOCHS:
            ranges.append(np.ptp(minute))
    return float(np.mean(ranges)) if ranges else None


def mean_bpm(bpm: np.ndarray) -> float | None:
    """Mean of the rates that there are, in bpm; None without any."""
    rates = bpm[np.isfinite(bpm)]
    return float(rates.mean()) if rates.size else None


assert EPOCHS_PER_MINUTE * WINDOW_S == 60.0
