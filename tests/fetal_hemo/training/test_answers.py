"""Conformal quantiles: coverage on new draws, against the theory and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fetal_hemo.training.answers import answers, conformal_quantile, uncertain_share
from firmware_bridge.answer import is_uncertain
from firmware_bridge.decide import ABOVE, band

DECISION = {"threshold": 0.62, "specificity_at_threshold": 0.9}


def drawn(rng: np.random.Generator, visits: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and truth of visits that are hard to tell apart."""
    positive = rng.random(visits) < 0.3
    return 1 / (1 + np.exp(-rng.normal(1.0 * positive - 0.8, 1.0))), positive


def answer(probability: float, manifest: dict[str, Any]) -> str | None:
    return None if is_uncertain(probability, manifest) else band(probability, manifest)


def test_quantile_by_hand() -> None:
    scores = np.array([0.9, 0.1, 0.3, 0.5])
    assert conformal_quantile(scores, 0.4) == pytest.approx((0.5 + 0.9) / 2)  # ceil(5 * 0.6) = 3
    assert conformal_quantile(scores, 0.2) == pytest.approx((0.9 + 1.0) / 2)
    assert conformal_quantile(scores, 0.1) == 1.0  # too few for so small an error
    assert conformal_quantile(scores, 1.0) == 0.0
    assert conformal_quantile(np.array([]), 0.1) == 1.0


def test_a_new_score_stays_within_as_often_as_promised() -> None:
    """Exactly ceil((n + 1)(1 - error)) / (n + 1) on average, for continuous scores."""
    rng, inside = np.random.default_rng(0), []
    for _ in range(4_000):
        ordered = rng.random(20)
        kept = np.sort(ordered)[int(np.ceil(21 * 0.8)) - 1]
        assert conformal_quantile(ordered, 0.2) >= kept
        inside.append(rng.random() <= conformal_quantile(ordered, 0.2))
    promised = np.ceil(21 * 0.8) / 21
    assert np.mean(inside) > promised - 0.01
    assert np.mean(inside) < promised + 0.05  # half a gap more


def test_wrong_answers_stay_below_their_bounds_on_new_visits() -> None:
    rng, missed, alarmed = np.random.default_rng(1), [], []
    for _ in range(60):
        found = answers(*drawn(rng, 300), DECISION, miss=0.2)
        manifest = {"decision": DECISION, "answers": found}
        probability, positive = drawn(rng, 300)
        given = np.array(
            [None if is_uncertain(p, manifest) else band(p, manifest) for p in probability]
        )
        missed.append(np.mean(given[positive] == "below threshold"))
        alarmed.append(np.mean(given[~positive] == ABOVE))
    assert np.mean(missed) <= 0.2
    assert np.mean(alarmed) <= 0.1
    assert np.mean(missed) > 0.15  # and no more careful than was asked


def test_shares_count_the_visits_they_are_from() -> None:
    probability, positive = drawn(np.random.default_rng(2), 500)
    found = answers(probability, positive, DECISION, miss=0.2)
    given = found["shares"]
    above = [
        p
        for p, own in zip(probability, positive, strict=True)
        if own and p > found["quantile"]["negative"]
    ]
    assert given["positive"]["above"] == pytest.approx(len(above) / positive.sum())
    held_back = uncertain_share({"answers": found}, positive)
    assert 0.1 < held_back < 0.7
    manifest = {"decision": DECISION, "answers": found}
    assert held_back == pytest.approx(np.mean([is_uncertain(p, manifest) for p in probability]))


def test_without_a_limit_every_visit_gets_the_answer_of_the_threshold() -> None:
    probability, positive = drawn(np.random.default_rng(3), 500)
    found = answers(probability, positive, DECISION, miss=1.0)
    assert uncertain_share({"answers": found}, positive) == pytest.approx(0.0, abs=1e-12)
    expected = (probability[positive] >= DECISION["threshold"]).mean()
    assert found["shares"]["positive"]["above"] == pytest.approx(expected)
