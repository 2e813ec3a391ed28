"""The nearest training visits are found, and only likeness that counts is said to count."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from fetal_hemo.explain.nearest import nearest

GENERATOR = np.random.default_rng(0)
LABELS = np.repeat([0, 1], [90, 10])
CLASSES = np.where(LABELS == 1, 2, np.arange(100) % 2)
APART = GENERATOR.normal(size=(100, 6)) + 4 * LABELS[:, None] * np.eye(6)[0]


def test_equals_sklearn() -> None:
    query = GENERATOR.normal(size=6)
    found = nearest(query, APART, CLASSES, LABELS)
    oracle = NearestNeighbors(n_neighbors=10, metric="cosine").fit(APART)
    distance, rows = oracle.kneighbors(query[None])
    assert found.rows.tolist() == rows[0].tolist()
    assert found.closeness == pytest.approx(1 - distance[0])
    unit = APART / np.linalg.norm(APART, axis=1, keepdims=True)
    for number, name in enumerate(("normal", "elevated", "hypertensive")):
        mean = unit[number == CLASSES].mean(axis=0)
        assert found.prototypes[name] == pytest.approx(
            cosine_similarity(mean[None], query[None])[0, 0]
        )
    assert found.prototypes["severe"] is None


def test_deleting_all_of_the_few_raised_visits_counts() -> None:
    """Where 9 of 10 raised visits are what a recording is like, without them it is another."""
    labels = np.repeat([0, 1], [89, 11])
    rows = GENERATOR.normal(size=(100, 6)) + 6 * labels[:, None] * np.eye(6)[0]
    found = nearest(8 * np.eye(6)[0], rows, 2 * labels, labels)
    assert (labels[found.rows] == 1).all()
    assert found.counts
    assert found.moved < 0


def test_likeness_to_noise_does_not_count() -> None:
    """Of 10 recordings that are like nothing, hardly one is told that its likeness counts."""
    counted = 0
    for seed in range(10):
        generator = np.random.default_rng(seed)
        rows, labels = generator.normal(size=(80, 4)), generator.integers(0, 2, 80)
        query = 0.01 * generator.normal(size=4)
        counted += nearest(query, rows, labels, labels, seed=seed).counts
    assert counted <= 3


def test_one_class_left_is_said_not_guessed() -> None:
    found = nearest(APART[0], APART, np.zeros(100, int), np.zeros(100, int))
    assert found.moved is None
    assert not found.counts
