"""Distributions of probabilities, and their separation as statsmodels finds it."""

import numpy as np
import pytest
import statsmodels.api as sm

from fetal_hemo.evaluation.risk_distribution import SHARES, risk_distribution


def test_separation_is_a_regression_on_the_label_clustered_by_woman() -> None:
    generator = np.random.default_rng(0)
    women = np.repeat(np.arange(200), 3)
    labels = (generator.random(600) < 0.3).astype(int)
    chance = np.clip(0.3 + 0.1 * labels + 0.1 * generator.normal(size=200)[women], 0, 1)
    found = risk_distribution(chance, labels, women)
    oracle = sm.OLS(chance, sm.add_constant(labels)).fit(
        cov_type="cluster", cov_kwds={"groups": women, "use_correction": False}
    )
    assert found.separation.interval is not None
    value, low, high = found.separation.interval
    assert value == pytest.approx(oracle.params[1])
    assert high - low == pytest.approx(2 * 1.96 * oracle.bse[1], rel=0.02)
    assert found.negative == pytest.approx(list(np.quantile(chance[labels == 0], SHARES)))
    assert found.positive[2] == pytest.approx(np.median(chance[labels == 1]))


def test_reasons() -> None:
    assert risk_distribution([], [], []).separation.value is None
    one = risk_distribution([0.2, 0.3], [0, 0], [0, 1])
    assert (one.positive, one.separation.value) == ([], None)
    few = risk_distribution([0.2, 0.3], [0, 1], [0, 1])
    assert (few.negative, few.positive) == ([], [])  # each would be a woman's own
    assert few.separation.value == pytest.approx(0.1)
    assert few.separation.low is None
