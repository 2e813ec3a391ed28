"""Visits whose label hangs on a few mmHg."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH_MMHG = 5.0  # 135 to 145 systolic, 85 to 95 diastolic


def grey_zone(
    systolic: ArrayLike,
    diastolic: ArrayLike,
    thresholds: tuple[float, float],
    width: float = WIDTH_MMHG,
) -> NDArray[np.bool_]:
    """Rows `(rows,)` whose label would be another if both pressures moved by `width` mmHg.

    A visit at 150/88 is not in it: its systolic pressure alone decides.
    """
    above = np.maximum(
        np.asarray(systolic, np.float64) - thresholds[0],
        np.asarray(diastolic, np.float64) - thresholds[1],
    )
    return (above >= -width) & (above < width)
