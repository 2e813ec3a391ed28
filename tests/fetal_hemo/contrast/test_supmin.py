"""SupMin: between NT-Xent for the majority and supervised contrast for everybody."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import SupConLoss
from torch import Tensor

from fetal_hemo.contrast import minority_contrast, nt_xent

LABELS = torch.tensor([0, 0, 0, 0, 1, 1, 2, 3, 3])


def _pair(items: int = 9) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(1)
    first, second = torch.randn(2, items, 8, generator=draw, dtype=torch.float64)
    return first.requires_grad_(), second


def _by_hand(first: Tensor, second: Tensor, labels: list[int], temperature: float) -> float:
    z = torch.nn.functional.normalize(torch.cat([first, second]), dim=1)
    scores = (z @ z.T / temperature).tolist()
    items, losses = len(labels), []
    for i in range(2 * items):
        mine = labels[i % items]
        total = math.log(sum(math.exp(scores[i][j]) for j in range(2 * items) if j != i))
        positives = [
            j
            for j in range(2 * items)
            if j != i and (j % items == i % items or (mine != 0 and labels[j % items] == mine))
        ]
        losses.append(sum(total - scores[i][p] for p in positives) / len(positives))
    return sum(losses) / len(losses)


def test_agrees_with_the_formula_written_out() -> None:
    first, second = _pair()
    ours = minority_contrast(first, second, LABELS, 0.1).item()
    assert ours == pytest.approx(_by_hand(first, second, LABELS.tolist(), 0.1), rel=1e-9)


def test_the_whole_majority_attracted_is_supervised_contrast() -> None:
    first, second = _pair()
    oracle = SupConLoss(0.1)(torch.cat([first, second]), LABELS.repeat(2)).item()
    ours = minority_contrast(first, second, LABELS, 0.1, ratio=1.0).item()
    assert ours == pytest.approx(oracle, rel=1e-6)


def test_the_majority_alone_is_nt_xent() -> None:
    first, second = _pair()
    ours = minority_contrast(first, second, torch.zeros(9, dtype=torch.long), 0.1)
    torch.testing.assert_close(ours, nt_xent(first, second, 0.1))


def test_a_share_of_the_majority_attracts_its_own_like_a_class() -> None:
    first, second = _pair()
    labels = LABELS.clone()
    labels[torch.randperm(4, generator=torch.Generator().manual_seed(0))[:2]] = 9
    draw = torch.Generator().manual_seed(0)
    ours = minority_contrast(first, second, LABELS, 0.1, ratio=0.5, generator=draw).item()
    assert ours == pytest.approx(_by_hand(first, second, labels.tolist(), 0.1), rel=1e-9)


def test_a_share_of_the_majority_is_drawn_from_the_generator() -> None:
    first, second = _pair()
    one, again, other = (
        minority_contrast(
            first, second, LABELS, 0.1, ratio=0.5, generator=torch.Generator().manual_seed(seed)
        )
        for seed in (0, 0, 5)
    )
    assert torch.equal(one, again)
    assert one != other


def test_equal_embeddings_give_the_log_of_the_others() -> None:
    same = torch.ones(9, 8)
    loss = minority_contrast(same, same, LABELS, 0.1, ratio=0.5).item()
    assert loss == pytest.approx(math.log(17), abs=1e-5)


@pytest.mark.parametrize("labels", [[], [-1, -1], [2], [0, -1, 2]])
def test_rare_and_missing_labels_give_finite_gradients(labels: list[int]) -> None:
    first, second = _pair(len(labels))
    classes = torch.tensor(labels, dtype=torch.long)
    loss = minority_contrast(first, second, classes, 0.05)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()
    assert (first.grad[classes < 0] == 0).all()
