"""Logit-adjusted cross-entropy: by hand, and what it does to a long tail."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from fetal_hemo.contrast import class_log_prior, logit_adjusted_cross_entropy


def test_the_prior_counts_classes_and_never_gives_zero() -> None:
    labels = torch.tensor([0, 0, 0, 1, -1, -1])
    prior = class_log_prior(labels, 4).exp()
    torch.testing.assert_close(prior, torch.tensor([4.0, 2.0, 1.0, 1.0]) / 8)


def test_strength_zero_is_plain_cross_entropy() -> None:
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 3, 0, 0])
    prior = class_log_prior(labels, 4)
    expected = functional.cross_entropy(logits, labels)
    torch.testing.assert_close(logit_adjusted_cross_entropy(logits, labels, prior, 0.0), expected)


def test_equal_logits_cost_minus_the_log_prior() -> None:
    prior = torch.tensor([0.9, 0.1]).log()
    for label, share in ((0, 0.9), (1, 0.1)):
        loss = logit_adjusted_cross_entropy(torch.zeros(1, 2), torch.tensor([label]), prior, 1.0)
        assert loss.item() == pytest.approx(-math.log(share), rel=1e-5)


def test_the_best_constant_logits_are_even_under_the_true_prior() -> None:
    labels = torch.tensor([0] * 90 + [1] * 9 + [2])
    prior = torch.tensor([0.90, 0.09, 0.01]).log()
    bias = torch.zeros(3, requires_grad=True)
    logit_adjusted_cross_entropy(bias.expand(100, 3), labels, prior, 1.0).backward()
    torch.testing.assert_close(bias.grad, torch.zeros(3), atol=1e-6, rtol=0)


@pytest.mark.parametrize("labels", [[], [-1, -1]])
def test_without_labels_the_loss_is_zero(labels: list[int]) -> None:
    logits = torch.zeros(len(labels), 4, requires_grad=True)
    classes = torch.tensor(labels, dtype=torch.long)
    loss = logit_adjusted_cross_entropy(logits, classes, torch.zeros(4), 1.0)
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(logits.grad).all()


def test_unlabelled_items_have_no_part() -> None:
    logits = torch.randn(4, 4, generator=torch.Generator().manual_seed(1))
    prior = torch.tensor([0.7, 0.1, 0.1, 0.1]).log()
    labels = torch.tensor([0, -1, 3, -7])
    expected = logit_adjusted_cross_entropy(logits[[0, 2]], labels[[0, 2]], prior, 1.0)
    torch.testing.assert_close(logit_adjusted_cross_entropy(logits, labels, prior, 1.0), expected)
