"""Recall of each blood-pressure class, the rare ones included."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.bootstrap import bootstrap_of_sums
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.proportion import clustered_proportion


class Recalls(NamedTuple):
    """`recalls` by class name, their mean over the classes present, and `confusion` counts
    `(4, 4)`, a row a true class."""

    recalls: dict[str, Estimate]
    balanced_accuracy: Estimate
    confusion: NDArray[np.int64]


def class_recalls(
    logits: ArrayLike, classes: ArrayLike, women: ArrayLike, resamples: int = 500, seed: int = 0
) -> Recalls:
    """`Recalls` of the largest of the logits `(rows, 4)` against class indices `(rows,)`."""
    truth, woman = np.asarray(classes, dtype=np.int64), np.asarray(women)
    said = np.asarray(logits, np.float64).reshape(-1, len(BP_CLASSES)).argmax(axis=1)
    recalls = {}
    for number, name in enumerate(BP_CLASSES):
        rows = truth == number
        empty = f"no visit of class {name}"
        recalls[name] = clustered_proportion(said[rows] == number, woman[rows], empty)

    confusion = np.zeros((len(BP_CLASSES), len(BP_CLASSES)), dtype=np.int64)
    np.add.at(confusion, (truth, said), 1)
    mine = truth[:, None] == np.arange(len(BP_CLASSES))
    columns = np.concatenate([mine & (said == truth)[:, None], mine], axis=1)
    balanced = bootstrap_of_sums(balanced_accuracy, columns, woman, resamples, seed)
    return Recalls(recalls, balanced, confusion)


def balanced_accuracy(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean recall `(draws,)` over the classes present; NaN without a row.

    `sums` (draws, 2 x classes) are the rows recalled of each class, then those there are.
    """
    hits, rows = np.split(sums, 2, axis=1)
    shares = np.divide(hits, rows, out=np.zeros_like(hits), where=rows > 0)
    present = (rows > 0).sum(axis=1)
    total = shares.sum(axis=1)
    return np.divide(total, present, out=np.full(len(sums), np.nan), where=present > 0)
