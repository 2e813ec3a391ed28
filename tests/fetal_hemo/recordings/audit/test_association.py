"""What goes with the label, and what does not, when visits come in women."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, mannwhitneyu, rankdata

from fetal_hemo.recordings.audit.association import (
    chi_square,
    cramers_v,
    permutation_p,
    rank_distance,
)


def test_a_level_that_is_the_label() -> None:
    label = np.array([1.0] * 12 + [0.0] * 48)
    level = label.astype(np.intp)
    assert cramers_v(level, label) == pytest.approx(1)
    p_value = permutation_p(lambda other: chi_square(level, other), label, np.arange(60))
    assert p_value == pytest.approx(1 / 2_001)


def test_single_visits_agree_with_scipy() -> None:
    rng = np.random.default_rng(0)
    label = (rng.random(200) < 0.2).astype(float)
    level = rng.integers(3, size=200)
    value = rng.normal(size=200) + 0.3 * label
    table = [[np.sum((level == k) & (label == y)) for y in (0, 1)] for k in range(3)]
    statistic, p_value = chi2_contingency(table, correction=False)[:2]
    assert chi_square(level, label) == pytest.approx(statistic)
    women = np.arange(200)
    found = permutation_p(lambda other: chi_square(level, other), label, women)
    assert found == pytest.approx(p_value, abs=0.05)
    expected = mannwhitneyu(value[label == 1], value[label == 0]).pvalue
    found = permutation_p(lambda other: rank_distance(rankdata(value), other), label, women)
    assert found == pytest.approx(expected, abs=0.03)


def test_what_is_alike_within_a_woman_is_no_finding() -> None:
    """Ten women with 500 visits each: 5,000 visits say no more than ten women do."""
    label = np.repeat([1.0, 0.0, 1, 0, 1, 0, 1, 0, 1, 1], 500)
    level = np.repeat([1, 0, 1, 0, 1, 0, 0, 1, 1, 0], 500)
    women = np.repeat(np.arange(10), 500)
    assert cramers_v(level, label) > 0.3
    assert permutation_p(lambda other: chi_square(level, other), label, women) > 0.2


def test_false_alarms_are_as_rare_as_they_should_be() -> None:
    """Both sides alike within women, visits of 1 to 3: 5 % of p values lie below 0.05."""
    rng = np.random.default_rng(1)
    below = 0
    for _ in range(60):
        women = np.repeat(np.arange(60), rng.integers(1, 4, 60))
        label = (rng.random(60) < 0.3).astype(float)[women]
        level = rng.integers(3, size=60)[women]
        below += permutation_p(lambda o, k=level: chi_square(k, o), label, women) < 0.05
    assert below <= 8  # P(more | 5 %) < 0.01


def test_a_visit_s_own_operator_is_found_within_women() -> None:
    """One of three visits of every woman is positive, and has its own operator."""
    women = np.repeat(np.arange(30), 3)
    label = np.tile([0.0, 0, 1], 30)
    rng = np.random.default_rng(2)
    label = np.concatenate([rng.permutation(label[women == w]) for w in range(30)])
    level = label.astype(np.intp)
    assert permutation_p(lambda other: chi_square(level, other), label, women) < 0.001
