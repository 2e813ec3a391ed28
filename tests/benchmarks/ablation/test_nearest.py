"""What embeddings decide by those most alike, and what else they tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.ablation.checks import device_probe
from benchmarks.ablation.nearest import by_bank, by_centroids
from benchmarks.ablation.prediction import Prediction
from benchmarks.ablation.pretraining import new_model
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import ROWS
from benchmarks.ablation.simple import labels_of
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits
from fetal_hemo.training.scoring import Scores
from tests.benchmarks.ablation.planted import QUICK_WORLD, visit


def clouds(labels: np.ndarray, units: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Embeddings that lie around a corner of their class, and beside it a corner of their unit."""
    places = np.concatenate([np.eye(4)[labels], np.eye(2)[units]], axis=1)
    return (places + 0.1 * draw.normal(size=places.shape)).astype(np.float32)


def clouded(draw: np.random.Generator) -> tuple[Trained, FoldVisits]:
    """What a network would have made of visits whose class and unit it hears, rare ones too."""
    parts, scores = [], []
    for count in (200, 50, 60):
        labels = np.arange(count) % 20 % 7 % 4
        units = draw.integers(2, size=count)
        part = tuple(visit(number, int(label)) for number, label in enumerate(labels))
        for one, unit in zip(part, units, strict=True):
            vars(one.recording)["device_id"] = f"U{unit}"
        parts.append(part)
        scores.append(Scores(np.zeros((count, 4), np.float32), clouds(labels, units, draw)))
    model = new_model(recipe_of(ROWS["tiny"], QUICK_WORLD, 0))
    train, validation, test = scores
    return Trained(train, validation, test, parts[0], model, 1.0, 3.0), FoldVisits(*parts)


@pytest.mark.parametrize("decide", [by_centroids, by_bank])
def test_alike_visits_decide(decide: Callable[[Trained, np.ndarray], Prediction]) -> None:
    heard, visits = clouded(np.random.default_rng(0))
    found = decide(heard, labels_of(visits))
    truth = np.array([one.label for one in visits.test])
    assert found.classes is not None
    assert found.classes.tolist() == truth.tolist()
    assert found.test[truth >= 2].min() > found.test[truth < 2].max()
    assert found.earlier_s == 3.0


def test_a_bank_without_the_class_that_it_found_no_longer_says_it() -> None:
    heard, visits = clouded(np.random.default_rng(0))
    labels = labels_of(visits)
    kept = labels != 3
    fewer = Scores(heard.train.logits[kept], heard.train.embeddings[kept])
    whole, without = by_bank(heard, labels), by_bank(heard._replace(train=fewer), labels[kept])
    severe = np.array([one.label == 3 for one in visits.test])
    assert severe.sum() >= 3
    assert (without.test[severe] < whole.test[severe] - 0.1).all()
    assert np.allclose(without.test[~severe], whole.test[~severe], atol=0.05)


def test_a_unit_that_the_embedding_knows_is_told_and_one_that_it_does_not_is_not() -> None:
    heard, visits = clouded(np.random.default_rng(0))
    assert device_probe(heard, visits) == [1.0, 0.5]
    train, test = (replace(x, embeddings=x.embeddings[:, :4]) for x in (heard.train, heard.test))
    told, chance = device_probe(heard._replace(train=train, test=test), visits)
    assert chance == 0.5
    assert abs(told - chance) < 0.2
