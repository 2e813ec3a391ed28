"""Brier scores against scikit-learn, their intervals against a bootstrap over women."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from fetal_hemo.evaluation.bootstrap import clustered_bootstrap
from fetal_hemo.evaluation.brier import clustered_brier, clustered_scaled_brier


def rows(women: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    woman = np.repeat(np.arange(women), 2)
    chance = generator.uniform(0.05, 0.6, women)[woman]
    return chance, (generator.random(2 * women) < chance).astype(int), woman


def scaled(chance: np.ndarray, labels: np.ndarray) -> float:
    share = np.full(len(labels), labels.mean())
    return float(1 - brier_score_loss(labels, chance) / brier_score_loss(labels, share))


def test_values_equal_sklearn_and_intervals_a_bootstrap() -> None:
    chance, labels, women = rows()
    for found, measure in (
        (clustered_brier(chance, labels, women), lambda c, y: float(brier_score_loss(y, c))),
        (clustered_scaled_brier(chance, labels, women), scaled),
    ):
        drawn = clustered_bootstrap(
            lambda r, measure=measure: measure(chance[r], labels[r]), women, 400
        )
        assert found.interval is not None
        assert found.value == pytest.approx(measure(chance, labels))
        assert found.interval == pytest.approx(drawn.interval, abs=0.015)


def test_perfect_useless_and_missing() -> None:
    _, labels, women = rows()
    assert clustered_scaled_brier(labels, labels, women).value == 1.0
    useless = np.full(len(labels), labels.mean())
    assert clustered_scaled_brier(useless, labels, women).value == pytest.approx(0)
    assert clustered_brier([], [], []).value is None
    assert clustered_scaled_brier([0.1], [0], ["a"]).value is None
    alone = clustered_brier([0.1, 0.9], [0, 1], ["a", "a"])
    assert alone.value == pytest.approx(0.01)
    assert alone.low is None
