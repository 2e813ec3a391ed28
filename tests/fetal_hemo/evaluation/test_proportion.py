"""Clustered shares against Wilson's published interval and simple identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from fetal_hemo.evaluation.proportion import clustered_proportion


def test_independent_rows_come_close_to_wilson() -> None:
    hits = np.array([1] * 700 + [0] * 300)
    value, low, high = clustered_proportion(hits, np.arange(1_000)).interval
    assert value == 0.7
    assert (low, high) == pytest.approx(proportion_confint(700, 1_000, method="wilson"), abs=1e-3)


def test_copied_rows_add_no_certainty() -> None:
    hits, women = np.array([1, 1, 0, 1, 0, 0, 1, 1]), np.arange(8)
    once = clustered_proportion(hits, women)
    assert clustered_proportion(np.tile(hits, 4), np.tile(women, 4)).interval == pytest.approx(
        once.interval, abs=0.03
    )


def test_a_share_of_one_counts_women() -> None:
    few = clustered_proportion(np.ones(40), np.repeat(np.arange(4), 10)).interval
    many = clustered_proportion(np.ones(40), np.arange(40)).interval
    assert few[2] == many[2] == 1.0
    assert few[1] < 0.4 < 0.85 < many[1]


def test_without_rows_or_with_one_woman() -> None:
    assert clustered_proportion([], [], "nobody").reason == "nobody"
    assert clustered_proportion([1, 0], ["a", "a"]).value == 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_interval_holds_the_value(drawn: list[tuple[bool, int]]) -> None:
    estimate = clustered_proportion(*zip(*drawn, strict=True))
    if estimate.interval is not None:
        value, low, high = estimate.interval
        assert 0 <= low <= value <= high <= 1
