"""Recall of each blood-pressure class, the rare ones included."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.bootstrap import clustered_bootstrap
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

    def balanced(rows: NDArray[np.intp]) -> float:
        return balanced_accuracy(said[rows], truth[rows])

    confusion = np.zeros((len(BP_CLASSES), len(BP_CLASSES)), dtype=np.int64)
    np.add.at(confusion, (truth, said), 1)
    return Recalls(recalls, clustered_bootstrap(balanced, woman, resamples, seed), confusion)


def balanced_accuracy(said: ArrayLike, truth: ArrayLike) -> float:
    """Mean recall over the classes present in `truth`; NaN without a row."""
    guess, right = np.asarray(said), np.asarray(truth)
    shares = [(guess[right == number] == number).mean() for number in np.unique(right)]
    return float(np.mean(shares)) if shares else float("nan")
