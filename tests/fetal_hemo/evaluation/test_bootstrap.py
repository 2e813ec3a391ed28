"""The bootstrap draws women, repeats itself, and says when it cannot answer."""

import math

import numpy as np
import pytest

from fetal_hemo.evaluation.bootstrap import clustered_bootstrap, clustered_draws


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


@pytest.mark.parametrize("women", [[], ["a", "a"], ["a", "b"]])
def test_too_little(women: list[str]) -> None:
    def rare(rows: np.ndarray) -> float:
        return 1.0 if 0 in rows else math.nan

    estimate = clustered_bootstrap(rare, women, 100)
    assert estimate.interval is None
    assert estimate.reason
