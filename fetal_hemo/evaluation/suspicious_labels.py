"""Visits to look up: a model that never saw them is sure that their label is the other one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def suspicious_labels(probability: ArrayLike, labels: ArrayLike) -> NDArray[np.intp]:
    """Row numbers, the most doubtful label first; empty without both classes.

    Confident learning (Northcutt, Jiang & Chuang 2021, JAIR 70:1373): a row is sure to be of a
    class when its probability of it is at least the mean of the rows so labelled. Probabilities
    must be of a model that was not trained on these rows. A doubtful label is as often a hard case
    as a wrong reading: it is never changed by this, only looked up.
    """
    chance, label = np.asarray(probability, np.float64), np.asarray(labels) == 1
    if label.all() or not label.any():
        return np.zeros(0, dtype=np.intp)
    both = np.stack([1 - chance, chance], axis=1)
    mean = np.array([both[~label, 0].mean(), both[label, 1].mean()])
    sure = np.where(both >= mean, both, -1.0)
    other = np.where(label, 0, 1)
    doubtful = (sure.max(axis=1) > 0) & (sure.argmax(axis=1) == other)
    rows = np.flatnonzero(doubtful)
    own = both[rows, label[rows].astype(int)]
    return rows[np.argsort(own, kind="stable")]
