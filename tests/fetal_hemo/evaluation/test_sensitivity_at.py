"""Sensitivity where specificity is set, against scikit-learn's ROC curve."""

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from fetal_hemo.evaluation.sensitivity_at import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)


def rows(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    women = np.repeat(np.arange(150), 2)
    labels = (generator.random(300) < 0.2).astype(int)
    return np.round(generator.normal(size=300) + labels, 1), labels, women


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("set_to", [0.5, 0.9, 1.0])
def test_both_ways_equal_the_steps_of_the_curve(seed: int, set_to: float) -> None:
    scores, labels, women = rows(seed)
    false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
    found = sensitivity_at_specificity(scores, labels, women, set_to, resamples=20)
    assert found.value == pytest.approx(true[1 - false >= set_to - 1e-9].max())
    found = specificity_at_sensitivity(scores, labels, women, set_to, resamples=20)
    assert found.value == pytest.approx((1 - false)[true >= set_to - 1e-9].max())


def test_interval_holds_the_value_and_repeats() -> None:
    scores, labels, women = rows(0)
    found = sensitivity_at_specificity(scores, labels, women, 0.9)
    assert found.interval is not None
    value, low, high = found.interval
    assert 0 <= low < value < high <= 1
    assert found == sensitivity_at_specificity(scores, labels, women, 0.9)


def test_copied_women_are_not_more_women() -> None:
    scores, labels, _ = rows(0)
    alone = sensitivity_at_specificity(scores, labels, np.arange(300), 0.9)
    copied = sensitivity_at_specificity(
        np.tile(scores, 3), np.tile(labels, 3), np.tile(np.arange(300), 3), 0.9
    )
    assert copied.value == alone.value
    assert copied.low is not None
    assert alone.low is not None
    assert copied.low == pytest.approx(alone.low, abs=0.02)


def test_reasons() -> None:
    assert sensitivity_at_specificity([1.0], [1], ["a"], 0.9).value is None
    alone = sensitivity_at_specificity([1, 2], [0, 1], ["a", "a"], 0.9)
    assert "single woman" in alone.reason
    perfect = sensitivity_at_specificity([1, 2, 3, 4], [0, 0, 1, 1], [0, 1, 2, 3], 0.9)
    assert perfect.value == 1.0
    assert "no spread" in perfect.reason
