"""Supervised contrast against known answers and pytorch-metric-learning."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import SupConLoss

from fetal_hemo.contrast import supervised_contrast


def _batch(labels: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    vectors = torch.randn(len(labels), 8, generator=generator, dtype=torch.float64)
    return vectors.requires_grad_(), torch.tensor(labels)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1], [0] * 9 + [1] * 3, [0, 0, 1, 1, 1, 2]])
def test_agrees_with_pytorch_metric_learning(labels: list[int]) -> None:
    vectors, classes = _batch(labels)
    oracle = SupConLoss(0.1)(vectors, classes)
    ours = supervised_contrast(vectors, classes, 0.1)
    assert ours.item() == pytest.approx(oracle.item(), rel=1e-6)
    expected = torch.autograd.grad(oracle, vectors)[0]
    torch.testing.assert_close(torch.autograd.grad(ours, vectors)[0], expected)


def test_equal_embeddings_give_the_log_of_the_others() -> None:
    loss = supervised_contrast(torch.ones(10, 8), torch.tensor([0] * 7 + [1] * 3), 0.1)
    assert loss.item() == pytest.approx(math.log(9), abs=1e-5)


@pytest.mark.parametrize("labels", [[0, 1, 2], [0], [-1, -1], [0, -1], []])
def test_no_positive_anywhere_gives_zero_and_no_nan(labels: list[int]) -> None:
    vectors, classes = _batch(labels)
    loss = supervised_contrast(vectors, classes.long(), 0.05)
    loss.backward()
    assert loss.item() == 0
    assert (vectors.grad == 0).all()


def test_unlabelled_items_have_no_part() -> None:
    vectors, classes = _batch([0, 0, -1, 1, 1, -1])
    known = classes >= 0
    expected = supervised_contrast(vectors[known], classes[known], 0.1)
    torch.testing.assert_close(supervised_contrast(vectors, classes, 0.1), expected)


def test_an_anchor_alone_in_its_class_is_left_out_of_the_mean() -> None:
    vectors, classes = _batch([0, 0, 1])
    unit = torch.nn.functional.normalize(vectors, dim=1)
    cosines = unit @ unit.T / 0.1
    by_hand = [
        torch.logsumexp(cosines[i, [j for j in range(3) if j != i]], 0) - cosines[0, 1]
        for i in range(2)
    ]
    torch.testing.assert_close(supervised_contrast(vectors, classes, 0.1), sum(by_hand) / 2)


def test_pairs_that_are_not_allowed_are_left_out() -> None:
    vectors, classes = _batch([0, 0, -1, 0, 1, 1, 1])
    known = [0, 1, 3, 4, 5, 6]
    allowed = torch.rand(7, 7, generator=torch.Generator().manual_seed(0)) < 0.6
    unit = torch.nn.functional.normalize(vectors, dim=1)
    scores = (unit @ unit.T / 0.1).tolist()
    losses = []
    for i in known:
        kept = [j for j in known if j != i and allowed[i, j]]
        positives = [j for j in kept if classes[j] == classes[i]]
        if positives:
            total = math.log(sum(math.exp(scores[i][j]) for j in kept))
            losses.append(sum(total - scores[i][p] for p in positives) / len(positives))
    ours = supervised_contrast(vectors, classes, 0.1, allowed).item()
    assert ours == pytest.approx(sum(losses) / len(losses), rel=1e-9)
