"""AUROC against scikit-learn, its variance against DeLong and against Obuchowski's definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score

from fetal_hemo.evaluation.auroc import (
    clustered_auroc,
    clustered_variance,
    paired_clustered_difference,
    placements,
)


def rows(seed: int, women: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rounded (so tied) scores, labels and women with 1 to 4 visits."""
    generator = np.random.default_rng(seed)
    woman = np.repeat(np.arange(women), generator.integers(1, 5, size=women))
    labels = (generator.random(len(woman)) < 0.3).astype(int)
    scores = np.round(generator.normal(size=women)[woman] + labels + generator.normal(), 1)
    return scores, labels, woman


def wins(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`(positives, negatives)` 1 where the positive scores higher, 0.5 on a tie."""
    gap = scores[labels == 1][:, None] - scores[labels == 0][None, :]
    return (gap > 0) + 0.5 * (gap == 0)


def delong(scores: np.ndarray, labels: np.ndarray) -> float:
    """DeLong's variance, straight from the definition."""
    table = wins(scores, labels)
    return table.mean(1).var(ddof=1) / len(table) + table.mean(0).var(ddof=1) / table.shape[1]


def obuchowski(scores: np.ndarray, labels: np.ndarray, women: np.ndarray) -> float:
    """Obuchowski 1997 equations 4-6, by loops over women."""
    table = wins(scores, labels)
    theta, (m, n) = table.mean(), table.shape
    names = np.unique(women)
    above, below = table.mean(1), table.mean(0)
    in_positive, in_negative = women[labels == 1], women[labels == 0]
    s10 = s01 = s11 = 0.0
    for name in names:
        x = (above[in_positive == name] - theta).sum()
        y = (below[in_negative == name] - theta).sum()
        s10, s01, s11 = s10 + x * x, s01 + y * y, s11 + x * y
    i10, i01, i = len(np.unique(in_positive)), len(np.unique(in_negative)), len(names)
    s10 *= i10 / ((i10 - 1) * m)
    s01 *= i01 / ((i01 - 1) * n)
    return s10 / m + s01 / n + 2 * s11 * i / (i - 1) / (m * n)


@pytest.mark.parametrize("seed", range(5))
def test_value_equals_sklearn_with_ties(seed: int) -> None:
    scores, labels, women = rows(seed)
    estimate = clustered_auroc(scores, labels, women)
    assert estimate.value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    _, low, high = estimate.interval
    assert 0 < low < estimate.value < high < 1


@pytest.mark.parametrize("seed", range(5))
def test_variance_equals_the_published_formula(seed: int) -> None:
    scores, labels, women = rows(seed)
    auroc, values = placements(scores, labels)
    found = clustered_variance(values - auroc, labels, women)
    assert found == pytest.approx(obuchowski(scores, labels, women), rel=1e-10)


@pytest.mark.parametrize("level", [0.95, 0.99])
def test_one_row_a_woman_is_delong_on_the_logit(level: float) -> None:
    scores, labels, _ = rows(7)
    women = np.arange(len(labels))
    auroc, values = placements(scores, labels)
    variance = clustered_variance(values - auroc, labels, women)
    assert variance == pytest.approx(delong(scores, labels), rel=1e-10)
    value, low, high = clustered_auroc(scores, labels, women, level).interval
    freedom = min(labels.sum(), (1 - labels).sum()) - 1
    reach = student.ppf(0.5 + level / 2, freedom) * math.sqrt(variance)
    assert math.log(high / (1 - high)) - math.log(value / (1 - value)) == pytest.approx(
        reach / (value * (1 - value))
    )
    assert math.log(low / (1 - low)) + math.log(high / (1 - high)) == pytest.approx(
        2 * math.log(value / (1 - value))
    )


def test_copied_visits_widen_nothing_but_a_naive_interval() -> None:
    scores, labels, _ = rows(3)
    women = np.arange(len(labels))
    once = clustered_auroc(scores, labels, women)
    thrice = clustered_auroc(np.tile(scores, 3), np.tile(labels, 3), np.tile(women, 3))
    assert thrice.interval == pytest.approx(once.interval)


def test_difference_of_a_score_and_itself_is_zero() -> None:
    scores, labels, women = rows(1)
    difference = paired_clustered_difference(scores, 2 * scores + 5, labels, women)
    assert difference.value == 0.0
    assert difference.interval is None


def test_difference_is_paired() -> None:
    scores, labels, women = rows(2, women=200)
    other = scores + np.random.default_rng(0).normal(scale=0.3, size=len(scores))
    a, b = (clustered_auroc(s, labels, women).interval for s in (scores, other))
    value, low, high = paired_clustered_difference(scores, other, labels, women).interval
    assert value == pytest.approx(a[0] - b[0])
    assert high - low < 0.5 * (a[2] - a[1])


@pytest.mark.parametrize(
    ("labels", "has_value", "reason"),
    [
        ([0, 0, 0, 0], False, "no positive"),
        ([1, 1, 1, 1], False, "no negative"),
        ([1, 0, 0, 0], True, "fewer than 2 women"),
        ([0, 0, 1, 1], True, "perfectly ordered"),
    ],
)
def test_tiny_inputs_give_a_reason(labels: list[int], has_value: bool, reason: str) -> None:
    for estimate in (
        clustered_auroc([1, 2, 3, 4], labels, list("abcd")),
        paired_clustered_difference([1, 2, 3, 4], [1, 2, 4, 3], labels, list("abcd")),
    ):
        assert (estimate.value is not None) == has_value
        assert estimate.interval is None
        assert reason in estimate.reason


def test_no_rows() -> None:
    assert clustered_auroc([], [], []).value is None


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=30
    )
)
def test_never_fails_and_stays_in_range(drawn: list[tuple[int, int, int]]) -> None:
    scores, labels, women = (np.array(column) for column in zip(*drawn, strict=True))
    estimate = clustered_auroc(scores, labels, women)
    if estimate.interval is not None:
        value, low, high = estimate.interval
        assert 0 <= low <= value <= high <= 1
