"""Re-identification of embeddings whose answer is known."""

import numpy as np
import pytest

from fetal_hemo.evaluation.reidentification import reidentification

WOMEN = np.repeat(np.arange(30), 2)
VISITS = np.tile(["v1", "v2"], 30)


def test_an_embedding_of_the_woman_is_found_always() -> None:
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(30, 8))[WOMEN] + 0.01 * generator.normal(size=(60, 8))
    found = reidentification(vectors, WOMEN, VISITS)
    assert found.hit_rate.value == 1.0
    assert found.chance == pytest.approx(1 / 59)


def test_noise_is_found_by_chance() -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 8))
    found = reidentification(vectors, WOMEN, VISITS)
    assert found.hit_rate.value < 0.1
    assert found.hit_rate.covers(found.chance)


def test_equal_embeddings_score_chance() -> None:
    found = reidentification(np.ones((60, 3)), WOMEN, VISITS)
    assert found.hit_rate.value == pytest.approx(found.chance)


def test_recordings_of_the_same_visit_do_not_count() -> None:
    women, visits = np.array(["a", "a", "a", "b"]), np.array(["1", "1", "2", "1"])
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0.9, 0.1]])
    found = reidentification(vectors, women, visits)
    assert found.hit_rate.value == pytest.approx(0.0)  # the twin of visit 1 was not allowed


def test_no_repeat_visit_or_no_embedding() -> None:
    assert reidentification(np.eye(3), list("abc"), ["1"] * 3).chance is None
    assert reidentification(np.full((2, 2), np.nan), ["a", "a"], ["1", "2"]).chance is None
    assert reidentification(np.zeros((0, 4)), [], []).hit_rate.value is None
