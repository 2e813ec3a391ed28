"""The learning-rate factor against torch's own schedulers."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.training.schedule import warmup_cosine


def test_cosine_part_is_that_of_torch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    oracle = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert warmup_cosine(step, 0, 20) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        oracle.step()


def test_warmup_is_linear_and_never_zero() -> None:
    assert [warmup_cosine(step, 4, 20) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
