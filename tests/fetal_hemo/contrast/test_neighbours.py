"""Neighbours in spaces whose shape is known, and the study's own re-identification as oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from fetal_hemo.contrast.neighbours import (
    class_consistency,
    sample_alignment,
    view_recall,
    woman_reidentification,
)
from fetal_hemo.evaluation.reidentification import reidentification


def _cloud(rows: int, dim: int = 16, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, dim, generator=torch.Generator().manual_seed(seed))


def test_sample_alignment_of_kept_and_lost_identities() -> None:
    first, labels = _cloud(40), torch.arange(40) % 2
    assert sample_alignment(first, first, labels, 3)[:2].tolist() == pytest.approx([1.0, 1.0])
    assert math.isnan(sample_alignment(first, first, labels, 3)[2])
    collapsed = torch.where((labels == 0)[:, None], torch.ones(40, 16), first)
    found = sample_alignment(collapsed, collapsed, labels, 2).tolist()
    assert found == pytest.approx([1 / 39, 1.0])  # any of the 39 others is as near


def test_class_consistency_agrees_with_scikit_learn() -> None:
    z, labels = _cloud(200, 4), torch.arange(200) % 3
    z = z + 1.5 * torch.eye(4)[labels]
    unit = torch.nn.functional.normalize(z, dim=1).numpy()
    nearest = NearestNeighbors(n_neighbors=11).fit(unit).kneighbors(unit)[1][:, 1:]
    same = (labels.numpy()[nearest] == labels.numpy()[:, None]).mean(axis=1)
    expected = [same[labels.numpy() == c].mean() for c in range(3)]
    np.testing.assert_allclose(class_consistency(z, labels, 3), expected, rtol=1e-5)


def test_class_consistency_of_equal_embeddings_is_the_share_of_the_class() -> None:
    labels = torch.tensor([0] * 30 + [1] * 10 + [-1] * 5)
    found = class_consistency(torch.ones(45, 8), labels, 3)
    assert found[:2].tolist() == pytest.approx([29 / 39, 9 / 39])
    assert math.isnan(found[2])


def test_rows_level_with_the_last_of_the_nearest_count_in_part() -> None:
    twins = torch.eye(3).repeat_interleave(2, dim=0)  # a twin each, and four rows level behind it
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    # the 2 nearest: twin and a quarter of each other; (1 + 1/4) / 2 twice, (0 + 2/4) / 2 once
    assert class_consistency(twins, labels, 2, 0.34).tolist() == pytest.approx([0.5, 0.5])


def test_reidentification_agrees_with_the_study() -> None:
    woman = torch.arange(60) // 3
    visit = torch.arange(60) % 3 // 2  # two recordings of one visit, one of another
    z = _cloud(20)[woman] + 0.8 * _cloud(60, seed=1)
    found = woman_reidentification(z, woman, visit)
    oracle = reidentification(z.numpy(), woman.numpy(), visit.numpy())
    assert found.hit_rate == pytest.approx(oracle.hit_rate.value, abs=1e-6)
    assert found.chance == pytest.approx(oracle.chance, abs=1e-6)
    assert 0.2 < found.hit_rate < 1.0


def test_reidentification_of_equal_embeddings_is_chance() -> None:
    woman = torch.arange(12) // 2
    found = woman_reidentification(torch.ones(12, 4), woman, torch.arange(12))
    assert found.hit_rate == pytest.approx(found.chance) == pytest.approx(1 / 11)


@pytest.mark.parametrize("rows", [0, 3])
def test_women_with_one_visit_cannot_be_found_again(rows: int) -> None:
    found = woman_reidentification(torch.ones(rows, 4), torch.arange(rows), torch.zeros(rows))
    assert math.isnan(found.hit_rate)
    assert math.isnan(found.chance)


def test_recall_across_views_by_sorting() -> None:
    first = _cloud(30, 4)
    second = first + 0.5 * _cloud(30, 4, seed=1)
    unit = torch.nn.functional.normalize
    closeness = (unit(first, dim=1) @ unit(second, dim=1).T).numpy()
    for k in (1, 5):
        found = [
            i in np.argsort(-row)[:k]
            for side in (closeness, closeness.T)
            for i, row in enumerate(side)
        ]
        assert view_recall(first, second, k) == pytest.approx(np.mean(found))
        assert 0.1 < np.mean(found) < 1.0


def test_recall_of_equal_embeddings_is_chance_and_of_perfect_views_one() -> None:
    assert view_recall(torch.ones(20, 4), torch.ones(20, 4), 5) == pytest.approx(5 / 20)
    assert view_recall(_cloud(20), _cloud(20), 1) == 1.0
    assert math.isnan(view_recall(_cloud(0), _cloud(0), 1))
