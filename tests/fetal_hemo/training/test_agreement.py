"""Recall between views and dispersion within visits, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.training.agreement import agreement
from fetal_hemo.training.view_losses import WindowViews
from tests.fetal_hemo.training.test_view_losses import windows

ROWS, VIEWS, DIM = 24, 3, 4


def batch(seed: int) -> WindowViews:
    """Three windows of each visit; the second copy is the first with much noise."""
    draw = torch.Generator().manual_seed(seed)
    centre = torch.randn(ROWS, 1, DIM, generator=draw)
    first, second = centre + 0.8 * torch.randn(2, ROWS, VIEWS, DIM, generator=draw)
    return windows(first, second)


def recall_by_hand(first: np.ndarray, second: np.ndarray, k: int) -> float:
    hits = []
    for asked, among in ((first, second), (second, first)):
        for row, vector in enumerate(asked):
            cosines = [
                vector @ other / np.linalg.norm(vector) / np.linalg.norm(other) for other in among
            ]
            hits.append(row in np.argsort(cosines)[::-1][:k])
    return float(np.mean(hits))


def test_agrees_with_loops_over_the_windows_of_all_batches() -> None:
    parts = [batch(0), batch(1)]
    visits = torch.arange(2 * ROWS) // 3
    found = agreement(parts, visits)
    first, second = (torch.cat([p[c] for p in parts]).double().numpy() for c in (0, 1))
    for k, value in ((1, found.view_recall_1), (5, found.view_recall_5)):
        pairs = [(0, 1), (0, 2), (1, 2)]
        expected = np.mean([recall_by_hand(first[:, v], second[:, w], k) for v, w in pairs])
        assert value == pytest.approx(expected)
    assert found.view_recall_1 is not None
    assert 0.1 < found.view_recall_1 < 0.9
    unit = first / np.linalg.norm(first, axis=-1, keepdims=True)
    means = unit.mean(axis=1)
    means /= np.linalg.norm(means, axis=-1, keepdims=True)
    apart = [
        1 - np.mean([means[i] @ means[j] for i in own for j in own if i != j])
        for own in (np.flatnonzero(visits.numpy() == visit) for visit in range(2 * ROWS // 3))
    ]
    assert found.visit_dispersion == pytest.approx(np.mean(apart), abs=1e-5)


def test_views_that_say_the_same_are_found_and_windows_that_do_are_not_apart() -> None:
    draw = torch.Generator().manual_seed(0)
    visits = torch.randn(ROWS // 3, 1, DIM, generator=draw).repeat_interleave(3, 0)
    same = visits.expand(-1, VIEWS, -1)
    found = agreement([windows(same, same)], torch.arange(ROWS) // 3)
    assert found.view_recall_1 == pytest.approx(1 / 3)  # three windows of a visit are one point
    assert found.view_recall_5 == 1.0
    assert found.visit_dispersion == pytest.approx(0.0, abs=1e-5)
