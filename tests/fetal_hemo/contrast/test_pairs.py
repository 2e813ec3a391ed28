"""Contrast of arbitrary pairs against pytorch-metric-learning, which takes explicit pairs too."""

from __future__ import annotations

import pytest
import torch
from pytorch_metric_learning.losses import SupConLoss

from fetal_hemo.contrast import Pairs, pair_contrast


def _case(rows: int = 20) -> tuple[torch.Tensor, Pairs]:
    draw = torch.Generator().manual_seed(4)
    vectors = torch.randn(rows, 8, generator=draw, dtype=torch.float64)
    lots = torch.rand(rows, rows, generator=draw)
    others = ~torch.eye(rows, dtype=torch.bool)
    return vectors.requires_grad_(), Pairs((lots < 0.2) & others, (lots > 0.5) & others)


@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_agrees_with_pytorch_metric_learning_on_any_pairs(temperature: float) -> None:
    vectors, pairs = _case()
    explicit = (*pairs.positive.nonzero(as_tuple=True), *pairs.negative.nonzero(as_tuple=True))
    oracle = SupConLoss(temperature)(vectors, indices_tuple=explicit)
    ours = pair_contrast(vectors, pairs, temperature)
    assert ours.item() == pytest.approx(oracle.item(), rel=1e-6)
    expected = torch.autograd.grad(oracle, vectors)[0]
    torch.testing.assert_close(
        torch.autograd.grad(ours, vectors)[0], expected, rtol=1e-5, atol=1e-8
    )


def test_decoupled_leaves_the_positives_out_of_the_denominator() -> None:
    vectors, pairs = _case()
    unit = torch.nn.functional.normalize(vectors, dim=1)
    scores = (unit @ unit.T / 0.2).tolist()
    losses = []
    for i, (positive, negative) in enumerate(zip(pairs.positive, pairs.negative, strict=True)):
        total = torch.tensor([scores[i][j] for j in negative.nonzero()]).double().logsumexp(0)
        losses.append(sum(total - scores[i][p] for p in positive.nonzero()) / positive.sum())
    ours = pair_contrast(vectors, pairs, 0.2, decoupled=True)
    assert ours.item() == pytest.approx(float(sum(losses) / len(losses)), rel=1e-6)


def test_a_row_that_is_in_no_pair_has_no_part() -> None:
    vectors, pairs = _case()
    for mask in pairs:
        mask[3], mask[:, 3] = False, False
    loss = pair_contrast(vectors, pairs, 0.1)
    loss.backward()
    assert (vectors.grad[3] == 0).all()
    rest = [i for i in range(len(vectors)) if i != 3]
    smaller = Pairs(*(mask[rest][:, rest] for mask in pairs))
    torch.testing.assert_close(pair_contrast(vectors[rest], smaller, 0.1), loss)
