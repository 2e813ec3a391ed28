"""Balanced labelled windows from one maker for each quality class."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_SAMPLES
from fetal_hemo.simulate.streams import Purpose, stream

Maker = Callable[[np.random.Generator], np.ndarray]


def labelled_windows(
    makers: Mapping[str, Maker], purpose: Purpose, n: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """`(n, 15000)` float32 windows and `(n,)` int64 labels, index in `QUALITY_CLASSES`.

    Classes take turns; window `i` depends on `seed`, `purpose` and `i` alone.
    """
    labels = np.arange(n) % len(QUALITY_CLASSES)
    samples = np.empty((n, WINDOW_SAMPLES), np.float32)
    for index, label in enumerate(labels):
        samples[index] = makers[QUALITY_CLASSES[label]](stream(seed, purpose, index))
    return samples, labels.astype(np.int64)
