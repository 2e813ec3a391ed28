"""Teach the trunk to live with 8 bits: it learns, without labels, what its float self said.

Quantisation-aware distillation of the convolutions alone (Jacob 2018; straight-through rounding).
Batch norms are folded first, since that is what is quantised; ranges stay those of calibration,
so that moving averages cannot start it off worse than it was.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.randomness import generator

STEPS, BATCH, LEARNING_RATE = 150, 32, 1e-4  # falling to 0
LEVELS = 255  # above the lowest
WEIGHT_LEVELS = 127  # each side of 0


def distil(model: ScreeningModel, windows: Tensor, seed: int) -> ScreeningModel:
    """A copy of the model whose trunks say in 8 bits what the model's say in float.

    `windows` (n, 15000) are those of calibration, of training women.
    """
    taught = copy.deepcopy(model).eval()
    for view, given in trunk_inputs(model, windows).items():
        trunk = taught.trunks[view]
        with torch.no_grad():
            for unit in trunk:
                fold(unit)
            wanted = _plain(trunk, given)
            ranges = _ranges(trunk, given)
        _teach(trunk, given, wanted, ranges, generator(seed, f"distil {view}"))
    return taught


@torch.no_grad()
def trunk_inputs(model: ScreeningModel, windows: Tensor) -> dict[str, Tensor]:
    """What the trunk of each view reads, `(n, channels, steps)`."""
    seen: dict[str, list[Tensor]] = {view: [] for view in VIEWS}
    hooks = [
        trunk.register_forward_pre_hook(lambda _, x, keep=seen[view]: keep.append(x[0]))
        for view, trunk in model.trunks.items()
    ]
    for block in windows.split(BATCH):
        model.encode_windows(block)
    for hook in hooks:
        hook.remove()
    return {view: torch.cat(parts) for view, parts in seen.items()}


def fold(unit: Any) -> None:
    """Move the batch norm of (convolution, norm, ReLU) into the convolution's weights, in place."""
    convolution, norm = unit[0], unit[1]
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    convolution.weight.mul_(scale[:, None, None])
    norm.bias.copy_(norm.bias - norm.running_mean * scale)
    norm.running_mean.zero_()
    norm.running_var.fill_(1.0 - norm.eps)
    norm.weight.fill_(1.0)


def _plain(trunk: nn.Sequential, given: Tensor) -> Tensor:
    return torch.cat([trunk(block) for block in given.split(BATCH)])


def _ranges(trunk: nn.Sequential, given: Tensor) -> list[tuple[float, float]]:
    """Extremes of the trunk's input and of what each unit makes of it."""
    found, signal = [_extremes(given)], given
    for unit in trunk:
        signal = unit(signal)
        found.append(_extremes(signal))
    return found


def _extremes(values: Tensor) -> tuple[float, float]:
    return min(0.0, float(values.min())), max(0.0, float(values.max()))


def _teach(
    trunk: nn.Sequential,
    given: Tensor,
    wanted: Tensor,
    ranges: list[tuple[float, float]],
    draw: torch.Generator,
) -> None:
    units: list[Any] = list(trunk)
    learned = [p for unit in units for p in (unit[0].weight, unit[1].bias)]
    optimizer = torch.optim.Adam(learned, lr=LEARNING_RATE)
    scale = wanted.square().mean().clamp_min(1e-12)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, STEPS)
    for rows in _batches(len(given), draw):
        loss = (in_8_bits(trunk, given[rows], ranges) - wanted[rows]).square().mean() / scale
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()


def in_8_bits(trunk: nn.Sequential, signal: Tensor, ranges: list[tuple[float, float]]) -> Tensor:
    """What a folded trunk says when its weights and all between them have 8 bits."""
    signal = _rounded(signal, *ranges[0])
    units: list[Any] = list(trunk)
    for unit, (low, high) in zip(units, ranges[1:], strict=True):
        convolution, norm = unit[0], unit[1]
        step = convolution.weight.detach().abs().amax(dim=(1, 2), keepdim=True) / WEIGHT_LEVELS
        weight = _through(convolution.weight / step.clamp_min(1e-12)) * step
        made = functional.conv1d(signal, weight, norm.bias, convolution.stride, convolution.padding)
        signal = _rounded(torch.relu(made), low, high)
    return signal


def _rounded(values: Tensor, low: float, high: float) -> Tensor:
    """Values on the 256 levels of an unsigned byte whose zero point is a level."""
    step = max(high - low, 1e-12) / LEVELS
    zero = round(-low / step)
    return ((_through(values / step) + zero).clamp(0, LEVELS) - zero) * step


def _through(values: Tensor) -> Tensor:
    """Rounded values with the gradient of the unrounded ones."""
    return values + (values.round() - values).detach()


def _batches(count: int, draw: torch.Generator) -> Iterator[Tensor]:
    for _ in range(STEPS):
        yield torch.randint(count, (min(BATCH, count),), generator=draw)
