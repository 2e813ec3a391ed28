"""A drop-out: the probe leaves the skin for a moment."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.constants import SAMPLE_RATE_HZ


def mask_time(samples: Tensor, longest_s: float, generator: torch.Generator) -> Tensor:
    """Samples `(batch, time)` with one span set to zero, up to `longest_s` seconds long."""
    if longest_s == 0:
        return samples
    items, length = samples.shape
    span = torch.rand(items, 1, generator=generator) * min(longest_s * SAMPLE_RATE_HZ, length)
    start = torch.rand(items, 1, generator=generator) * (length - span)
    time = torch.arange(length)
    return samples.masked_fill((time >= start) & (time < start + span), 0.0)
