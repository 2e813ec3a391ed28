"""Sums over the rows of each woman: a woman, not a row, is what was sampled."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_95 = 1.959963984540054  # two-sided 95 % point of the normal distribution


def woman_index(women: ArrayLike) -> tuple[NDArray[np.intp], int]:
    """The number of each row's woman, `(rows,)` from 0, and how many women there are."""
    names, index = np.unique(np.asarray(women), return_inverse=True)
    return index.reshape(-1), len(names)


def sum_by_woman(values: ArrayLike, women: ArrayLike) -> NDArray[np.float64]:
    """Sums `(women,)` of row values `(rows,)`, in the order of the sorted names."""
    index, count = woman_index(women)
    weights = np.asarray(values, dtype=np.float64)
    return np.bincount(index, weights=weights, minlength=count).astype(np.float64)
