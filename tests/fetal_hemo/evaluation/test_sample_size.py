"""Arithmetic of sample size against published and independently computed numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.sample_size import (
    auroc_half_width,
    design_effect,
    intraclass_correlation,
    visits_for_auroc,
    visits_for_half_width,
    visits_for_ratio,
    visits_for_slope,
)


@pytest.mark.parametrize(
    ("positives", "visits", "expected"),
    [(81, 1_634, 0.06), (32, 1_634, 0.093), (408, 8_170, 0.026)],
)
def test_half_widths_of_an_auroc_of_0_80(positives: int, visits: int, expected: float) -> None:
    found = auroc_half_width(0.8, positives, visits - positives)
    assert found == pytest.approx(expected, abs=0.0015)


@pytest.mark.parametrize(
    ("prevalence", "auroc", "slope", "ratio"),
    [(0.05, 1_590, 1_780, 2_200), (0.10, 840, 1_050, 1_040), (0.03, 2_600, 2_700, 3_700)],
)
def test_independent_women_needed(prevalence: float, auroc: int, slope: int, ratio: int) -> None:
    assert visits_for_auroc(0.8, 0.05, prevalence) == pytest.approx(auroc, rel=0.01)
    assert visits_for_slope(0.8, 0.2, prevalence) == pytest.approx(slope, rel=0.015)
    assert visits_for_ratio(1.2, prevalence) == pytest.approx(ratio, rel=0.015)


def test_as_many_visits_as_needed_are_enough_and_one_less_is_not() -> None:
    needed = visits_for_half_width(0.8, 0.05, 0.1)
    assert auroc_half_width(0.8, 0.1 * needed, 0.9 * needed) <= 0.05
    assert auroc_half_width(0.8, 0.1 * (needed - 1), 0.9 * (needed - 1)) > 0.05
    assert visits_for_half_width(0.8, 0.05, 0.001) >= 100_000


def test_the_slope_agrees_with_a_simulation() -> None:
    """The information of a logistic regression on the true logit, over drawn visits."""
    rng = np.random.default_rng(0)
    label = rng.random(400_000) < 0.1
    shift = math.sqrt(2) * 0.8416212
    score = rng.normal(size=len(label)) + shift * label
    logit = math.log(0.1 / 0.9) + shift * score - shift**2 / 2
    p = 1 / (1 + np.exp(-logit))
    design = np.column_stack([np.ones_like(logit), logit])
    information = (design * (p * (1 - p))[:, None]).T @ design / len(label)
    needed = np.linalg.inv(information)[1, 1] * (1.96 / 0.2) ** 2
    assert visits_for_slope(0.8, 0.2, 0.1) == pytest.approx(needed, rel=0.02)


def test_correlation_from_all_alike_to_none() -> None:
    women = np.repeat(np.arange(40), 3)
    alike = np.repeat(np.arange(40) % 2, 3)
    assert intraclass_correlation(alike, women) == pytest.approx(1)
    assert design_effect(1.0, women) == pytest.approx(3)
    one_of_three = np.tile([0, 0, 1], 40)  # less alike than chance: not below 0
    assert intraclass_correlation(one_of_three, women) == 0
    assert intraclass_correlation([0, 1, 0], [1, 2, 3]) is None
    assert intraclass_correlation([0, 0, 0], [1, 1, 2]) is None


def test_correlation_is_that_of_a_beta_binomial() -> None:
    rng = np.random.default_rng(1)
    women = np.repeat(np.arange(6_000), rng.integers(1, 5, 6_000))
    share = rng.beta(0.5, 4.5, 6_000)  # correlation 1 / (1 + 5)
    label = rng.random(len(women)) < share[women]
    assert intraclass_correlation(label, women) == pytest.approx(1 / 6, abs=0.02)


def test_uneven_women_inflate_more_than_even_ones() -> None:
    assert design_effect(0.5, np.repeat([0, 1], [2, 2])) == pytest.approx(1.5)
    assert design_effect(0.5, np.repeat([0, 1], [1, 3])) == pytest.approx(1.75)


def test_the_design_effect_brings_the_half_width_near_the_clustered_interval() -> None:
    """Label and score are the woman's: the plain interval is far too short, the inflated is not."""
    rng = np.random.default_rng(2)
    women = np.repeat(np.arange(300), 4)
    label = (np.arange(300) < 90).astype(int)[women]
    score = (rng.normal(size=300) + 1.19 * (np.arange(300) < 90))[women]
    found = clustered_auroc(score, label, women)
    assert found.interval is not None
    value, low, high = found.interval
    true = (high - low) / 2
    correlation = intraclass_correlation(label, women)
    assert correlation is not None
    plain = auroc_half_width(value, 360, 840)
    inflated = auroc_half_width(value, 360, 840, design_effect(correlation, women))
    assert plain < 0.7 * true
    assert inflated == pytest.approx(true, rel=0.15)


def test_published_examples_of_validation() -> None:
    """pmvalsampsize (Riley 2024): C 0.80 at 1.8 %, then C 0.78 at 20 %; intervals 0.1 wide."""
    assert visits_for_auroc(0.80, 0.05, 0.018) == 4_252
    assert visits_for_auroc(0.78, 0.05, 0.20) == 511
    # Theirs draws a normal score in each class; this one integrates over it.
    assert visits_for_slope(0.80, 0.1, 0.018) == pytest.approx(17_080, rel=0.01)


@pytest.mark.parametrize(
    ("prevalence", "width", "expected"), [(0.018, 1.0, 905), (0.2, 0.2, 1_538)]
)
def test_published_examples_of_observed_over_expected(
    prevalence: float, width: float, expected: int
) -> None:
    """Riley 2024 set the width of the interval, which is `factor - 1 / factor` around 1."""
    factor = width / 2 + math.hypot(1, width / 2)
    assert visits_for_ratio(factor, prevalence) == pytest.approx(expected, rel=0.003)
