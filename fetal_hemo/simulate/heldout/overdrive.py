"""Other overdrive: soft, lopsided, or against the end of an 8-bit scale."""

from __future__ import annotations

import numpy as np


def overdriven(samples: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` of which about `share` is driven beyond the limit, float32 in -1 to 1."""
    driven = samples / max(float(np.quantile(np.abs(samples), 1.0 - share)), 1e-9)
    kind = rng.integers(4)
    if kind == 0:
        cut = np.tanh(2.0 * driven) / np.tanh(2.0)
    elif kind == 1:
        cut = np.clip(driven, -rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0))
    elif kind == 2:
        cut = np.clip(np.round(driven * 127), -128, 127) / 127
    else:
        cut = driven / (1 + np.abs(driven) ** 6) ** (1 / 6)
    return np.clip(cut, -1, 1).astype(np.float32)
