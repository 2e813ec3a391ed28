"""Self-distillation from a slow copy of the model, weighted by how far its own views agree."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fetal_hemo.contrast.similarity import full


def ema_teacher(student: nn.Module, momentum: float) -> AveragedModel:
    """A copy of the student; after each step `teacher.update_parameters(student)` moves it.

    The first call copies, each later one keeps `momentum` (0.99 to 0.9999) of the old weights and
    buffers. The copy has no gradients.
    """
    average = get_ema_multi_avg_fn(momentum)
    teacher = AveragedModel(student, multi_avg_fn=average, use_buffers=True)
    return teacher.requires_grad_(False).eval()


def agreement_weights(
    teacher_logits: Tensor,
    gamma: float,
    spread: Literal["variance", "range"] = "variance",
    form: Literal["exponential", "quantile"] = "exponential",
    least: float = 0.01,
) -> Tensor:
    """Weight `(items,)`, `least` to 1, of logits `(items, views, classes)`; 1 where views agree.

    With p_k the teacher's softmax on view set k, D_i is the variance (n) or range over k of
    p_k, averaged over classes; the weight is exp(-gamma D_i), or with `quantile`
    1 / (1 + gamma D_i / q), q the 95 % quantile of D in the batch. UniSD, arXiv 2605.06597, which
    has both forms; averaging over classes is ours.
    """
    shares = functional.softmax(full(teacher_logits.detach()), dim=-1)
    if spread == "variance":
        spreads = shares.var(dim=1, correction=0).mean(dim=-1)
    else:
        spreads = (shares.amax(dim=1) - shares.amin(dim=1)).mean(dim=-1)
    if form == "exponential":
        return (-gamma * spreads).exp().clamp_min(least)
    largest = torch.quantile(spreads, 0.95).clamp_min(1e-8)
    return (1.0 / (1.0 + gamma * spreads / largest)).clamp_min(least)


def self_distillation(student_logits: Tensor, teacher_logits: Tensor, weights: Tensor) -> Tensor:
    """Mean loss, a scalar, of two `(items, views, classes)` and weights `(items,)`.

    With p_i the teacher's mean softmax over its views, and q_iv the student's on view v,
    L = mean over items of w_i mean_v KL(p_i || q_iv); the teacher gets no gradient; 0 for no
    items. UniSD, arXiv 2605.06597.
    """
    target = functional.softmax(full(teacher_logits.detach()), dim=-1).mean(dim=1, keepdim=True)
    found = functional.log_softmax(full(student_logits), dim=-1)
    divergence = functional.kl_div(found, target.expand_as(found), reduction="none").sum(dim=-1)
    return (weights * divergence.mean(dim=1)).sum() / max(len(weights), 1)
