"""Thresholds and predictive values with known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.operating_point import (
    SLACK,
    OperatingPoint,
    operating_point,
    predictive_values,
    threshold_at_specificity,
)


def test_known_threshold() -> None:
    scores = np.arange(20)
    labels = np.array([0] * 10 + [1] * 10)
    assert threshold_at_specificity(scores, labels, 0.9) == 8.5
    assert threshold_at_specificity(scores, labels, 0.95) == 9.5


def test_it_stands_where_rounding_moves_no_row_across() -> None:
    scores, labels = np.arange(200.0), np.repeat([0, 1], 100)
    scores[90] = scores[89] + 1e-5  # so the gap after it is the wide one, for one negative more
    assert threshold_at_specificity(scores, labels, 0.9) == pytest.approx(90.0, abs=1e-3)
    assert threshold_at_specificity(scores, labels, 0.88) == 87.5


def test_no_score_above_the_last_negative() -> None:
    threshold = threshold_at_specificity([0.1, 0.5, 0.9], [1, 0, 0], 0.999)
    assert threshold > 0.9
    assert threshold == pytest.approx(0.9)


def test_without_negatives_it_is_refused() -> None:
    with pytest.raises(FetalHemoError, match="E-COHORT"):
        threshold_at_specificity([0.5], [1], 0.9)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60),
    st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.999]),
)
def test_reaches_the_specificity_and_little_more(
    drawn: list[tuple[int, bool]], wanted: float
) -> None:
    scores, labels = (np.array(column) for column in zip(*drawn, strict=True))
    negatives = scores[~labels]
    if len(negatives) == 0:
        return
    threshold = threshold_at_specificity(scores, labels, wanted)
    assert (negatives < threshold).mean() >= wanted - 1e-9
    lower = scores[scores < threshold]
    assert (negatives < lower.max()).mean() < wanted + SLACK


def test_values_equal_the_confusion_matrix() -> None:
    generator = np.random.default_rng(0)
    scores, labels = generator.random(200), generator.integers(0, 2, size=200)
    point = operating_point(scores, labels, np.arange(200) // 2, 0.6)
    (tn, fp), (fn, tp) = confusion_matrix(labels, scores >= 0.6)
    assert point.sensitivity.value == pytest.approx(tp / (tp + fn))
    assert point.specificity.value == pytest.approx(tn / (tn + fp))


def test_published_predictive_values() -> None:
    # AUROC 0.80 at 5 % prevalence: specificity 0.90 gives sensitivity 0.46, PPV 0.20, NPV 0.970.
    point = OperatingPoint(Estimate(0.46, 0.40, 0.52), Estimate(0.90, 0.88, 0.92))
    ppv, npv = predictive_values(point, 0.05)
    assert ppv.value == pytest.approx(0.195, abs=0.001)
    assert npv.value == pytest.approx(0.969, abs=0.001)
    assert ppv.interval[1] < ppv.value < ppv.interval[2]
    assert npv.interval[1] < npv.value < npv.interval[2]


@pytest.mark.parametrize(
    ("sensitivity", "specificity"),
    [
        (Estimate(0.5, 0.3, 0.7), Estimate(1.0, 0.8, 1.0)),
        (Estimate(1.0, 0.6, 1.0), Estimate(0.9, 0.8, 0.95)),
        (Estimate(0.0, 0.0, 0.4), Estimate(0.9, 0.8, 0.95)),
        (Estimate(1.0, 0.6, 1.0), Estimate(1.0, 0.8, 1.0)),
    ],
)
def test_extreme_points_keep_an_honest_interval(
    sensitivity: Estimate, specificity: Estimate
) -> None:
    for value in predictive_values(OperatingPoint(sensitivity, specificity), 0.05):
        middle, low, high = value.interval
        assert 0 <= low <= middle <= high <= 1
        assert high - low > 1e-3


def test_a_missing_side_gives_its_reason() -> None:
    point = OperatingPoint(missing("no positive visit"), Estimate(0.9, 0.8, 0.95))
    assert [v.reason for v in predictive_values(point, 0.05)] == ["no positive visit"] * 2
