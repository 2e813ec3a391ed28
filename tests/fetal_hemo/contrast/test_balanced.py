"""Balanced contrast: known answers that do not depend on the imbalance, and a plain-loop oracle."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import balanced_contrast
from fetal_hemo.contrast.prototypes import simplex

IMBALANCES = [[4, 4], [7, 1], [12, 3, 1], [90, 6, 3, 1], [5, 0, 0, 0]]


def _labels(sizes: list[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))


def _by_hand(embeddings: Tensor, labels: Tensor, prototypes: Tensor, temperature: float) -> float:
    """The formula of the docstring with one loop for each index."""
    z = torch.nn.functional.normalize(embeddings, dim=1)
    c = torch.nn.functional.normalize(prototypes, dim=1)
    losses = []
    for i, own in enumerate(labels.tolist()):
        denominator, positives = 0.0, []
        for k in range(len(c)):
            members = [z[j] for j, y in enumerate(labels.tolist()) if y == k and j != i]
            scores = [float(z[i] @ key) / temperature for key in [*members, c[k]]]
            denominator += sum(map(math.exp, scores)) / len(scores)
            positives = scores if k == own else positives
        losses.append(math.log(denominator) - sum(positives) / len(positives))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("sizes", IMBALANCES)
def test_equal_embeddings_give_the_log_of_the_classes_at_any_imbalance(sizes: list[int]) -> None:
    labels = _labels(sizes)
    same = torch.ones(len(labels), 8)
    loss = balanced_contrast(same, labels, torch.ones(len(sizes), 8), 0.1)
    assert loss.item() == pytest.approx(math.log(len(sizes)), abs=1e-5)


@pytest.mark.parametrize("sizes", [[4, 4], [7, 1], [12, 3, 1], [50, 2, 2, 2]])
def test_classes_collapsed_on_the_simplex(sizes: list[int]) -> None:
    classes, temperature = len(sizes), 0.5
    corners = simplex(classes, 8, torch.Generator().manual_seed(0)).double()
    labels = _labels(sizes)
    expected = math.log1p((classes - 1) * math.exp(-classes / ((classes - 1) * temperature)))
    loss = balanced_contrast(corners[labels], labels, corners, temperature)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("sizes", IMBALANCES)
def test_agrees_with_the_formula_written_out(sizes: list[int]) -> None:
    generator = torch.Generator().manual_seed(2)
    labels = _labels(sizes)
    embeddings = torch.randn(len(labels), 8, generator=generator, dtype=torch.float64)
    prototypes = torch.randn(len(sizes), 8, generator=generator, dtype=torch.float64)
    ours = balanced_contrast(embeddings, labels, prototypes, 0.1).item()
    assert ours == pytest.approx(_by_hand(embeddings, labels, prototypes, 0.1), rel=1e-6)


@pytest.mark.parametrize("labels", [[], [-1, -1], [0], [3, 3], [0, -1, 2]])
def test_rare_and_missing_labels_give_finite_gradients(labels: list[int]) -> None:
    generator = torch.Generator().manual_seed(2)
    embeddings = torch.randn(len(labels), 8, generator=generator, requires_grad=True)
    prototypes = torch.randn(4, 8, generator=generator, requires_grad=True)
    classes = torch.tensor(labels, dtype=torch.long)
    loss = balanced_contrast(embeddings, classes, prototypes, 0.02)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(embeddings.grad).all()
    assert torch.isfinite(prototypes.grad).all()
    assert (embeddings.grad[classes < 0] == 0).all()


def test_pairs_that_are_not_allowed_change_neither_sums_nor_means() -> None:
    generator = torch.Generator().manual_seed(2)
    embeddings = torch.randn(6, 8, generator=generator, dtype=torch.float64)
    prototypes = torch.randn(3, 8, generator=generator, dtype=torch.float64)
    labels = torch.tensor([0, 0, 1, 0, 2, 1])
    allowed = torch.ones(6, 6, dtype=torch.bool)
    allowed[:, 3], allowed[3] = False, False  # row 3 knows its prototype only
    rest = [0, 1, 2, 4, 5]
    alone = balanced_contrast(embeddings[[3]], labels[[3]], prototypes, 0.1)
    others = balanced_contrast(embeddings[rest], labels[rest], prototypes, 0.1)
    ours = balanced_contrast(embeddings, labels, prototypes, 0.1, allowed)
    torch.testing.assert_close(ours, (5 * others + alone) / 6)


def test_equal_embeddings_give_the_log_of_the_classes_whatever_is_allowed() -> None:
    allowed = torch.rand(16, 16, generator=torch.Generator().manual_seed(0)) < 0.5
    loss = balanced_contrast(
        torch.ones(16, 8), _labels([12, 3, 1]), torch.ones(3, 8), 0.05, allowed
    )
    assert loss.item() == pytest.approx(math.log(3), abs=1e-5)


def test_large_classes_are_counted_exactly_under_autocast() -> None:
    labels = _labels([611, 3, 1])  # bfloat16 would count 611 as 612
    with torch.autocast("cpu", torch.bfloat16):
        loss = balanced_contrast(torch.ones(615, 8), labels, torch.ones(3, 8), 0.1)
    assert loss.item() == pytest.approx(math.log(3), abs=1e-5)
