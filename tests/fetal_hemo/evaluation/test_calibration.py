"""Calibration against known truths, statsmodels and scikit-learn."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from fetal_hemo.evaluation.calibration import (
    calibration_error,
    calibration_slope_intercept,
    fit_platt,
    reliability_bins,
)


def drawn(rows: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    margin = generator.normal(size=rows) * 2 + 1
    return margin, (generator.random(rows) < expit(slope * margin + intercept)).astype(int)


def test_platt_finds_the_true_line() -> None:
    margin, labels = drawn(20_000, 0.6, -2.0)
    assert fit_platt(margin, labels) == pytest.approx((0.6, -2.0), abs=0.06)


def test_platt_equals_maximum_likelihood_on_many_rows() -> None:
    margin, labels = drawn(20_000, 0.6, -2.0)
    oracle = sm.Logit(labels, sm.add_constant(margin)).fit(disp=0)
    assert fit_platt(margin, labels) == pytest.approx(oracle.params[::-1], abs=0.01)


def test_platt_does_not_depend_on_the_scale_of_the_margin() -> None:
    margin, labels = drawn(500, 0.6, -2.0)
    slope, intercept = fit_platt(margin, labels)
    assert fit_platt(1_000 * margin, labels) == pytest.approx((slope / 1_000, intercept), rel=1e-3)


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.booleans()), max_size=20))
def test_platt_is_always_finite_and_keeps_the_order(rows: list[tuple[float, bool]]) -> None:
    margin, labels = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=int)
    slope, intercept = fit_platt(margin, labels)
    assert slope > 0
    assert math.isfinite(slope)
    assert math.isfinite(intercept)


def test_slope_and_intercept_of_true_and_of_overconfident_probabilities() -> None:
    margin, labels = drawn(20_000, 0.6, -2.0)
    line = 0.6 * margin - 2.0
    women = np.arange(len(labels))
    slope, level = calibration_slope_intercept(expit(line), labels, women)
    assert slope.covers(1.0)
    assert level.covers(0.0)
    slope, _ = calibration_slope_intercept(expit(2 * line), labels, women)
    assert slope.value == pytest.approx(0.5, abs=0.03)
    _, level = calibration_slope_intercept(expit(line + 1), labels, women)
    assert level.value == pytest.approx(-1.0, abs=0.06)


@pytest.mark.parametrize(
    ("probability", "labels"),
    [([0.2, 0.3], [0, 0]), ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]), ([], [])],
)
def test_one_class_or_separated_rows_give_a_reason(
    probability: list[float], labels: list[int]
) -> None:
    slope, _ = calibration_slope_intercept(probability, labels, np.arange(len(labels)))
    assert slope.value is None
    assert slope.reason


def test_perfect_probabilities_lie_in_the_null_band_and_wrong_ones_do_not() -> None:
    margin, labels = drawn(1_000, 0.6, -2.0)
    women = np.arange(1_000)
    right = calibration_error(expit(0.6 * margin - 2.0), labels, women)
    wrong = calibration_error(expit(0.6 * margin - 1.0), labels, women)
    assert 0 < right.ece < right.null_95 < 0.05
    assert wrong.ece > 2 * wrong.null_95
    assert calibration_error([], [], []) is None


def test_null_band_of_single_visits_is_that_of_drawn_labels_and_copies_widen_it() -> None:
    margin, labels = drawn(1_000, 0.6, -2.0)
    chance, women = expit(0.6 * margin - 2.0), np.arange(1_000)
    alone = calibration_error(chance, labels, women)
    generator = np.random.default_rng(1)
    null = [
        calibration_error(chance, generator.random(1_000) < chance, women, draws=1).ece
        for _ in range(300)
    ]
    assert alone.null_95 == pytest.approx(np.quantile(null, 0.95), rel=0.15)
    copied = calibration_error(np.tile(chance, 4), np.tile(labels, 4), np.tile(women, 4))
    assert copied.ece == pytest.approx(alone.ece)
    assert copied.null_95 == pytest.approx(alone.null_95, rel=0.15)


def test_ece_by_hand() -> None:
    error = calibration_error([0.2] * 10 + [0.6] * 10, [0] * 10 + [1] * 10, np.arange(20))
    assert error.ece == pytest.approx((0.2 + 0.4) / 2)


def test_bins_hold_every_row_once() -> None:
    bins = reliability_bins([0.5, 0.1, 0.9], [1, 0, 1])
    assert [(b.probability, b.observed, b.rows) for b in bins] == [
        (0.1, 0.0, 1),
        (0.5, 1.0, 1),
        (0.9, 1.0, 1),
    ]
