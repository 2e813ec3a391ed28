"""Targeted contrast and the matching of classes to targets."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import Targets, targeted_contrast
from fetal_hemo.contrast.prototypes import simplex

LABELS = torch.tensor([0, 0, 0, 0, 1, 1, 2])


def _embeddings(rows: int = 7) -> Tensor:
    draw = torch.Generator().manual_seed(1)
    return torch.randn(rows, 8, generator=draw, dtype=torch.float64).requires_grad_()


def _targets(classes: int = 3) -> Tensor:
    return simplex(classes, 8, torch.Generator().manual_seed(0)).double()


def _by_hand(z: Tensor, t: Tensor, labels: list[int], temperature: float, weight: float) -> float:
    z = torch.nn.functional.normalize(z.detach(), dim=1)
    losses = []
    for i, mine in enumerate(labels):
        scores = [float(z[i] @ key) / temperature for key in z]
        to_targets = [float(z[i] @ key) / temperature for key in t]
        others = [j for j in range(len(z)) if j != i]
        total = math.log(sum(math.exp(scores[j]) for j in others) + sum(map(math.exp, to_targets)))
        positives = [j for j in others if labels[j] == mine]
        loss = sum(total - scores[p] for p in positives) + weight * (total - to_targets[mine])
        losses.append(loss / (len(positives) + 1))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("weight", [0.2, 1.0])
def test_agrees_with_the_formula_written_out(weight: float) -> None:
    z, t = _embeddings(), _targets()
    ours = targeted_contrast(z, LABELS, t, 0.1, weight).item()
    assert ours == pytest.approx(_by_hand(z, t, LABELS.tolist(), 0.1, weight), rel=1e-6)


def test_equal_embeddings_and_targets_give_the_log_of_all_keys() -> None:
    loss = targeted_contrast(torch.ones(7, 8), LABELS, torch.ones(3, 8), 0.1, weight=1.0)
    assert loss.item() == pytest.approx(math.log(7 - 1 + 3), abs=1e-5)


@pytest.mark.parametrize("labels", [[], [-1, -1], [2], [0, -1, 2]])
def test_rare_and_missing_labels_give_finite_gradients(labels: list[int]) -> None:
    z, classes = _embeddings(len(labels)), torch.tensor(labels, dtype=torch.long)
    loss = targeted_contrast(z, classes, _targets(4), 0.05)
    loss.backward()
    assert loss.isfinite()
    assert z.grad.isfinite().all()
    assert (z.grad[classes < 0] == 0).all()


def test_the_matching_is_the_best_of_all() -> None:
    targets = Targets(4, 8, torch.Generator().manual_seed(0))
    draw = torch.Generator().manual_seed(2)
    targets.update(torch.randn(40, 8, generator=draw), torch.arange(40) % 4)
    closeness = targets.centroids @ targets.points.T
    best = max(permutations(range(4)), key=lambda p: sum(closeness[k, p[k]] for k in range(4)))
    assert torch.equal(targets(), targets.points[list(best)])


def test_classes_keep_the_targets_that_they_are_near_in_any_order() -> None:
    targets = Targets(4, 8, torch.Generator().manual_seed(0))
    order = torch.tensor([2, 0, 3, 1])
    labels = torch.arange(4).repeat_interleave(5)
    targets.update(targets.points[order][labels], labels)
    assert torch.equal(targets(), targets.points[order])


def test_a_class_that_was_never_seen_takes_what_is_left() -> None:
    targets = Targets(3, 8, torch.Generator().manual_seed(0))
    targets.update(targets.points[[1, 0]], torch.tensor([0, 1]))
    assert torch.equal(targets(), targets.points[[1, 0, 2]])


def test_a_centroid_moves_by_a_tenth_and_ignores_the_unlabelled() -> None:
    targets = Targets(2, 4, torch.Generator().manual_seed(0))
    axis = torch.eye(4)
    targets.update(axis[:1], torch.tensor([0]))
    targets.update(axis[1:3], torch.tensor([0, -1]))
    expected = torch.nn.functional.normalize(0.9 * axis[0] + 0.1 * axis[1], dim=0)
    torch.testing.assert_close(targets.centroids[0], expected)
    assert (targets.centroids[1] == 0).all()


def test_the_state_is_saved_with_the_module() -> None:
    targets = Targets(2, 4, torch.Generator().manual_seed(0))
    targets.update(torch.eye(4)[:1], torch.tensor([1]))
    other = Targets(2, 4, torch.Generator().manual_seed(9))
    other.load_state_dict(targets.state_dict())
    assert torch.equal(other(), targets())
    assert not list(targets.parameters())
