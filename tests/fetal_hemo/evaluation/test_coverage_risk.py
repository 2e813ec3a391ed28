"""Coverage-risk curves against a loop and against known answers."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from fetal_hemo.evaluation.coverage_risk import balanced_weights, coverage_risk


def test_points_equal_a_loop_over_the_surest_rows() -> None:
    generator = np.random.default_rng(0)
    sure, loss = generator.random(200), generator.random(200)
    curve = coverage_risk(sure, loss, np.ones(200), np.arange(200) // 2, [0.2, 0.5, 1.0])
    falling = np.argsort(-sure)
    assert [p.coverage for p in curve] == [0.2, 0.5, 1.0]
    for point in curve:
        kept = falling[: round(200 * point.coverage)]
        assert point.risk == pytest.approx(loss[kept].mean())
        assert point.low < point.risk < point.high


def test_balanced_weights_give_the_balanced_error() -> None:
    generator = np.random.default_rng(1)
    labels, said = (generator.random(300) < 0.1).astype(int), generator.integers(0, 2, 300)
    (point,) = coverage_risk(
        np.zeros(300), said != labels, balanced_weights(labels), np.arange(300), [1.0]
    )
    assert point.risk == pytest.approx(1 - balanced_accuracy_score(labels, said))
    assert balanced_weights([1, 1]).tolist() == [1.0, 1.0]
    assert len(balanced_weights([])) == 0


def test_tied_rows_stay_together_and_tiny_points_are_left_out() -> None:
    sure = np.repeat([2.0, 1.0], 50)
    curve = coverage_risk(sure, np.ones(100), np.ones(100), np.arange(100), [0.1, 0.3, 0.6])
    assert [p.coverage for p in curve] == [0.5, 1.0]
    assert coverage_risk([], [], [], []) == []


def test_a_certainty_that_knows_its_errors_lowers_the_risk_and_one_that_does_not_does_not() -> None:
    generator = np.random.default_rng(2)
    wrong = generator.random(2_000) < 0.3
    knowing = np.where(wrong, 0, 1) + generator.normal(size=2_000)
    women = np.arange(2_000)
    (half, whole) = coverage_risk(knowing, wrong, np.ones(2_000), women, [0.5, 1.0])
    assert half.high < whole.low
    (half, whole) = coverage_risk(generator.random(2_000), wrong, np.ones(2_000), women, [0.5, 1.0])
    assert half.low < whole.risk < half.high
