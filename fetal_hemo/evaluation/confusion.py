"""Confusion of several classes, and the macro-F1 it amounts to."""

from __future__ import annotations

import numpy as np


def confusion_matrix(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """Counts `(classes, classes)`: row the true class, column the guessed one."""
    return np.bincount(truth * classes + guess, minlength=classes**2).reshape(classes, classes)


def f1_scores(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class, `(classes,)`; 0 for a class that neither occurs nor is guessed."""
    hits = np.diagonal(confusion)
    return 2 * hits / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)


def macro_f1(truth: np.ndarray, guess: np.ndarray, classes: int) -> float:
    """Mean of the F1 scores of all `classes`."""
    return float(f1_scores(confusion_matrix(truth, guess, classes)).mean())


def macro_f1_interval(
    truth: np.ndarray, guess: np.ndarray, classes: int, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of `macro_f1` over windows that are independent."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(truth), (draws, len(truth)))
    values = [macro_f1(truth[row], guess[row], classes) for row in rows]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
