"""The bootstrap draws women, repeats itself, and says when it cannot answer."""

import math

import numpy as np
import pytest

from fetal_hemo.evaluation.bootstrap import (
    bootstrap_of_sums,
    clustered_bootstrap,
    clustered_draws,
    draw_counts,
)


def test_whole_women_are_drawn() -> None:
    women = np.array(["b", "a", "b", "c", "a", "b"])
    draws = clustered_draws(women, 50, np.random.default_rng(0))
    for rows in draws:
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[2] == counts[5]
        assert counts[1] == counts[4]
        assert counts[0] + counts[1] + counts[3] == 3
    assert len({tuple(sorted(rows)) for rows in draws}) > 5


def test_interval_of_a_mean_is_that_of_the_women() -> None:
    generator = np.random.default_rng(0)
    own = generator.normal(size=200)
    women = np.repeat(np.arange(200), 5)

    def mean(rows: np.ndarray) -> float:
        return float(own[women[rows]].mean())

    value, low, high = clustered_bootstrap(mean, women, 2_000, seed=1).interval
    assert value == pytest.approx(own.mean())
    assert high - low == pytest.approx(2 * 1.96 * own.std() / math.sqrt(200), rel=0.1)
    assert clustered_bootstrap(mean, women, 2_000, seed=1).interval == (value, low, high)


def test_a_statistic_of_sums_has_the_interval_of_the_same_statistic_of_rows() -> None:
    generator = np.random.default_rng(0)
    women = np.repeat(np.arange(150), generator.integers(1, 5, 150))
    top, bottom = generator.normal(size=len(women)) + women % 3, 1 + generator.random(len(women))

    def ratio(rows: np.ndarray) -> float:
        return float(top[rows].sum() / bottom[rows].sum())

    rows = clustered_bootstrap(ratio, women, 2_000)
    sums = bootstrap_of_sums(lambda s: s[:, 0] / s[:, 1], np.stack([top, bottom], 1), women, 2_000)
    assert sums.value == pytest.approx(rows.value)
    assert sums.interval == pytest.approx(rows.interval, abs=0.02)
    assert bootstrap_of_sums(lambda s: s[:, 0], np.zeros((0, 1)), []).value is None


def test_every_resample_draws_as_many_women_as_there_are() -> None:
    counts = draw_counts(30, 200)
    assert counts.shape == (200, 30)
    assert (counts.sum(axis=1) == 30).all()
    assert counts.mean() == 1


@pytest.mark.parametrize("women", [[], ["a", "a"], ["a", "b"]])
def test_too_little(women: list[str]) -> None:
    def rare(rows: np.ndarray) -> float:
        return 1.0 if 0 in rows else math.nan

    estimate = clustered_bootstrap(rare, women, 100)
    assert estimate.interval is None
    assert estimate.reason
