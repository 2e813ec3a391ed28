"""Conformal p-values against crepes, and the promise they make."""

import numpy as np
import pytest
from crepes import ConformalClassifier

from fetal_hemo.evaluation.conformal import (
    conformal_p_values,
    one_row_a_woman,
    prediction_sets,
)


def drawn(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities (rounded, so tied), labels and two categories, one of them noisier."""
    generator = np.random.default_rng(seed)
    labels = (generator.random(rows) < 0.3).astype(int)
    category = np.where(generator.random(rows) < 0.4, "poor", "good")
    noise = np.where(category == "poor", 2.0, 0.7) * generator.normal(size=rows)
    return np.round(1 / (1 + np.exp(-(2 * labels - 1 + noise))), 2), labels, category


def test_p_values_equal_crepes_in_every_class_and_category() -> None:
    known, labels, categories = drawn(200, 0)
    new, _, new_categories = drawn(100, 1)
    found = conformal_p_values(known, labels, categories, new, new_categories)
    for number in (0, 1):

        def strange(chance: np.ndarray, number: int = number) -> np.ndarray:
            return 1 - (chance if number else 1 - chance)

        rows = labels == number
        oracle = ConformalClassifier().fit(strange(known[rows]), bins=categories[rows])
        expected = oracle.predict_p(strange(new), bins=new_categories, smoothing=False)
        assert found[:, number] == pytest.approx(expected)


def test_every_class_and_category_is_missed_no_more_often_than_allowed() -> None:
    known, labels, categories = drawn(4_000, 2)
    new, truth, new_categories = drawn(20_000, 3)
    values = conformal_p_values(known, labels, categories, new, new_categories)
    right = prediction_sets(values, 0.1)[np.arange(len(truth)), truth]
    for number in (0, 1):
        for name in ("good", "poor"):
            kept = right[(truth == number) & (new_categories == name)]
            assert kept.mean() == pytest.approx(0.9, abs=0.025)
    answered = prediction_sets(values, 0.1).sum(axis=1) == 1
    assert answered[new_categories == "good"].mean() > answered[new_categories == "poor"].mean()


def test_nothing_is_excluded_without_calibration_rows() -> None:
    values = conformal_p_values([0.2], [0], ["good"], [0.9, 0.1], ["good", "poor"])
    assert values.tolist() == [[0.5, 1.0], [1.0, 1.0]]
    assert prediction_sets(values, 0.1).all()


def test_one_row_of_each_woman() -> None:
    women = np.array(["a", "b", "a", "c", "b", "b"])
    rows = one_row_a_woman(women)
    assert sorted(women[rows]) == ["a", "b", "c"]
    chosen = {tuple(one_row_a_woman(women, seed)) for seed in range(50)}
    assert len(chosen) == 6  # each of a's two with each of b's three
    assert len(one_row_a_woman([])) == 0
