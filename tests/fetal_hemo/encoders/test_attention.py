"""Masked attention: weights that sum to 1, nothing through a mask, a plain sum as oracle."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.encoders.attention import AttentionPool, masked_softmax

GENERATOR_SEED = 3


@pytest.fixture
def scores() -> torch.Tensor:
    """`(2, 7)` scores."""
    return torch.randn(2, 7, generator=torch.Generator().manual_seed(GENERATOR_SEED)) * 5


def test_weights_are_those_of_a_softmax_over_what_is_left(scores: torch.Tensor) -> None:
    mask = torch.tensor([[1.0, 0, 1, 1, 0, 0, 1], [0, 0, 0, 0, 0, 1, 0]])
    weights = masked_softmax(scores, mask, dim=-1)
    for row in range(2):
        kept = mask[row].bool()
        torch.testing.assert_close(weights[row, kept], torch.softmax(scores[row, kept], 0))
        assert (weights[row, ~kept] == 0).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2))


def test_without_a_mask_it_is_a_softmax(scores: torch.Tensor) -> None:
    expected = torch.softmax(scores, dim=1)
    torch.testing.assert_close(masked_softmax(scores, None, dim=1), expected)
    torch.testing.assert_close(masked_softmax(scores, torch.ones(2, 7), dim=1), expected)


def test_everything_masked_gives_zero_weights_and_finite_gradients(scores: torch.Tensor) -> None:
    scores.requires_grad_()
    weights = masked_softmax(scores, torch.zeros(2, 7), dim=-1)
    assert (weights == 0).all()
    weights.square().sum().backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


def test_pool_is_the_weighted_sum_of_each_head() -> None:
    generator = torch.Generator().manual_seed(GENERATOR_SEED)
    sequence, mask = (
        torch.randn(2, 5, 8, generator=generator),
        torch.tensor([[1.0] * 5, [1, 1, 0, 0, 0]]),
    )
    pool = AttentionPool(features=8, heads=3)
    pooled, weights = pool(sequence, mask)
    assert pooled.shape == (2, 24)
    assert weights.shape == (2, 3, 5)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 3))
    for row in range(2):
        for head in range(3):
            expected = sum(weights[row, head, step] * sequence[row, step] for step in range(5))
            torch.testing.assert_close(pooled[row, 8 * head : 8 * head + 8], expected)
    assert (weights[1, :, 2:] == 0).all()


def test_scores_are_those_of_bahdanau() -> None:
    pool = AttentionPool(features=8, heads=2)
    sequence = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(4))
    hidden = torch.tanh(sequence @ pool.hidden.weight.T + pool.hidden.bias)
    expected = torch.softmax((hidden @ pool.score.weight.T).transpose(1, 2), dim=-1)
    torch.testing.assert_close(pool.weights(sequence), expected)
