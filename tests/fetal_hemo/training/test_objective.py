"""What a recipe may choose of the arithmetic, and what stays the same whatever it chooses."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.training.batches import choose, load_chosen
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.fit import take_step
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator


def gradient(surveyed, recipe) -> tuple[dict[str, float], Tensor]:
    """Losses and gradient of the first step."""
    objective = new_objective(recipe).train()
    learned = [p for p in objective.parameters() if p.requires_grad]
    feed = ContrastBatches(surveyed.cohort, surveyed.found.visits, recipe).training()
    batch = next(feed.epoch(generator(0, "batches")))
    losses = take_step(objective, torch.optim.SGD(learned, 0.0), batch, generator(0, "step"))
    return losses, torch.cat([p.grad.flatten() for p in learned if p.grad is not None])


def cosine(first: Tensor, second: Tensor) -> float:
    return float(first @ second / first.norm() / second.norm())


def test_bfloat16_points_the_same_way(surveyed, smallest) -> None:
    exact = gradient(surveyed, smallest())
    rough = gradient(surveyed, smallest(training={"precision": "bfloat16"}))
    assert not torch.equal(exact[1], rough[1])
    assert cosine(exact[1], rough[1]) > 0.98
    assert rough[0]["loss"] == pytest.approx(exact[0]["loss"], rel=0.02)
    assert all(math.isfinite(value) for value in rough[0].values())


@pytest.mark.slow  # a minute or more of compiling
def test_compiled_is_the_same(surveyed, smallest) -> None:
    plain = gradient(surveyed, smallest())
    compiled = gradient(surveyed, smallest(training={"compile": True}))
    assert cosine(plain[1], compiled[1]) > 1 - 1e-6
    assert compiled[0]["loss"] == pytest.approx(plain[0]["loss"], rel=1e-5)


def test_the_same_step_gives_the_same_bits(surveyed, smallest) -> None:
    first, second = (gradient(surveyed, smallest()) for _ in range(2))
    assert first[0] == second[0]
    assert torch.equal(first[1], second[1])


def test_windows_that_are_not_there_are_nowhere(surveyed, smallest) -> None:
    """A visit with fewer windows has the embeddings that it has alone."""
    objective = new_objective(smallest()).eval()
    long, short = surveyed.found.visits[:2]
    both = choose([long, short], 5, None)
    both = both._replace(windows=(both.windows[0], both.windows[1][:2]))
    batch = load_chosen(surveyed.cohort, both)
    assert batch.window_mask.tolist() == [[1] * 5, [1, 1, 0, 0, 0]]
    with torch.no_grad():
        signals = objective.model.front_end.for_encoders(batch.samples[batch.window_mask > 0])
        views = objective.views(signals, batch)
    alone = objective.model.encode_windows(batch.samples[1, :2]).view_embeddings
    torch.testing.assert_close(views[1, :2], alone, rtol=1e-4, atol=1e-4)
    assert views[1, 2:].eq(0).all()
