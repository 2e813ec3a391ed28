"""How loud a copy is: int16 must neither clip nor waste its range."""

from __future__ import annotations

import math

import numpy as np

INT16_BITS = 16
MOST_GAIN = 2.0**24  # what is still fainter is not sound


def choose_gain(samples: np.ndarray, bits: int | None) -> float:
    """The factor for samples `(time,)` in about -1 to 1; always a power of two.

    Integers of up to 16 bits keep their scale, so that a copy is judged like its source; only what
    would clip is halved. Floating, lossy and finer samples, whose scale may be any, are brought
    to a peak of a half to one.
    """
    peak = max(-float(samples.min()), float(samples.max()) * (1 + 2.0**-15))  # 32,767 is the most
    if peak <= 0.0:
        return 1.0
    gain = min(2.0 ** -math.ceil(math.log2(peak)), MOST_GAIN)
    keeps_scale = bits is not None and bits <= INT16_BITS
    return min(gain, 1.0) if keeps_scale else gain
