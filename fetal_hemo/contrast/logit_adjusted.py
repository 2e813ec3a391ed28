"""Logit-adjusted cross-entropy: the loss knows the class prior, so the logits need not learn it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.unlabelled import UNLABELLED


def class_log_prior(labels: Tensor, classes: int) -> Tensor:
    """Log share `(classes,)` of each class in `(items,)`, one imaginary item added to each.

    The imaginary item keeps the prior of a class that nobody has above zero.
    """
    counts = torch.bincount(labels[labels >= 0], minlength=classes).float() + 1.0
    return (counts / counts.sum()).log()


def logit_adjusted_cross_entropy(
    logits: Tensor, labels: Tensor, log_prior: Tensor, strength: float
) -> Tensor:
    """Mean loss, a scalar, of logits `(batch, classes)` with classes `(batch,)`.

    l_i = -log softmax(logits_i + strength * log_prior)[y_i]; the raw logits are used afterwards.
    Plain cross-entropy at strength 0. A negative label is left out; 0 if none is left.
    Menon et al., Long-tail learning via logit adjustment, ICLR 2021, eq. 10.
    """
    targets = torch.where(labels >= 0, labels, UNLABELLED)
    adjusted = logits + strength * log_prior
    total = functional.cross_entropy(adjusted, targets, ignore_index=UNLABELLED, reduction="sum")
    return total / (labels >= 0).sum().clamp_min(1)
