"""Macro-F1 against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from fetal_hemo.evaluation.confusion import (
    confusion_matrix,
    f1_scores,
    macro_f1,
    macro_f1_interval,
)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, 200)
    guess = np.where(rng.random(200) < 0.6, truth, rng.integers(0, 5, 200))
    labels = list(range(5))
    np.testing.assert_array_equal(
        confusion_matrix(truth, guess, 5), metrics.confusion_matrix(truth, guess, labels=labels)
    )
    expected = metrics.f1_score(truth, guess, labels=labels, average="macro")
    assert macro_f1(truth, guess, 5) == pytest.approx(expected)


def test_a_class_that_never_occurs_counts_as_zero() -> None:
    assert f1_scores(confusion_matrix(np.array([0, 0]), np.array([0, 0]), 2)).tolist() == [1, 0]


def test_interval_holds_the_estimate_and_narrows_with_windows() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 900)
    guess = np.where(rng.random(900) < 0.8, truth, (truth + 1) % 3)
    few = macro_f1_interval(truth[:100], guess[:100], 3, draws=300)
    many = macro_f1_interval(truth, guess, 3, draws=300)
    assert many[0] < macro_f1(truth, guess, 3) < many[1]
    assert many[1] - many[0] < 0.6 * (few[1] - few[0])
