"""What the validation women sound like, as histograms: the reference of a device's drift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from fetal_hemo.training.survey import Visit
from firmware_bridge.constants import RATE_EDGES_BPM


def heard(
    usable: Sequence[Visit], unusable: Sequence[Visit], uncertain_share: float
) -> dict[str, Any]:
    """Shares of windows by quality, of recordings by mean rate, and of those without an answer.

    A recording with too few usable windows counts as abstained, and of the `usable` ones the
    share whose probability is uncertain.
    """
    visits = [*usable, *unusable]
    windows = np.array([visit.windows for visit in visits], np.float64)
    quality = windows @ np.array([visit.quality_shares for visit in visits]) / windows.sum()
    rates = [visit.mean_bpm for visit in visits if visit.mean_bpm is not None]
    bins = [bisect_right(RATE_EDGES_BPM, rate) for rate in rates]
    counts = np.bincount(bins, minlength=len(RATE_EDGES_BPM) + 1)
    screened = len(usable) * (1.0 - uncertain_share) / len(visits)
    return {
        "recordings": len(visits),
        "outcome": [screened, 1.0 - screened],
        "quality": quality.tolist(),
        "rate": (counts / max(1, counts.sum())).tolist(),
    }
