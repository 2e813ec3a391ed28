"""The loss of order that the gate judges: nothing for near ties, all of a real one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from export.auroc_loss import auroc_loss, reordered_share
from fetal_hemo.evaluation.auroc import paired_clustered_difference

WOMEN = 200


@pytest.fixture
def study() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, labels and women of 200 women with two visits each."""
    rng = np.random.default_rng(3)
    women = np.repeat(np.arange(WOMEN), 2)
    labels = (rng.random(2 * WOMEN) < 0.4).astype(np.int64)
    return rng.normal(size=2 * WOMEN) + labels, labels, women


def test_on_many_women_it_is_the_plain_difference(study) -> None:
    scores, labels, women = study
    worse = scores + np.random.default_rng(4).normal(0, 1.0, len(scores))
    plain = paired_clustered_difference(scores, worse, labels, women)
    smooth = auroc_loss(scores, worse, labels, women)
    assert smooth.value == pytest.approx(plain.value, abs=0.01)
    assert smooth.upper == pytest.approx(plain.high, abs=0.01)


def test_a_near_tie_among_few_women_is_no_loss() -> None:
    scores = np.array([-2.0, -1.0, 0.5, 0.501, 1.0, 2.0])
    after = scores.copy()
    after[[2, 3]] = after[[3, 2]]
    labels, women = np.array([0, 0, 0, 1, 1, 1]), np.arange(6)
    assert reordered_share(scores, after, labels) == pytest.approx(1 / 9)
    assert paired_clustered_difference(scores, after, labels, women).value > 0.1
    assert 0 < auroc_loss(scores, after, labels, women).upper < 0.01


def test_equal_scores_lose_nothing(study) -> None:
    scores, labels, women = study
    assert auroc_loss(scores, scores, labels, women) == (0.0, 0.0)


def test_a_real_loss_among_few_women_is_seen() -> None:
    scores = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0])
    labels, women = np.array([0, 0, 0, 1, 1, 1]), np.arange(6)
    assert auroc_loss(scores, -scores, labels, women).value > 0.9
    assert auroc_loss(scores, scores[[0, 1, 3, 2, 4, 5]], labels, women).upper > 0.1


@pytest.mark.parametrize(
    ("scores", "labels", "women"),
    [
        ([1.0, 1.0, 1.0, 1.0], [0, 1, 0, 1], [0, 1, 2, 3]),
        ([1.0, 2.0, 3.0, 4.0], [0, 0, 0, 0], [0, 1, 2, 3]),
        ([1.0, 2.0, 3.0, 4.0], [0, 0, 0, 1], [0, 1, 2, 3]),
    ],
)
def test_no_number_where_there_is_none(scores, labels, women) -> None:
    values = np.array(scores)
    loss = auroc_loss(values, values[::-1].copy(), np.array(labels), np.array(women))
    assert math.isnan(loss.upper)
