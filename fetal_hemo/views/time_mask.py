"""A drop-out: the probe leaves the skin for a moment."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.constants import SAMPLE_RATE_HZ


@dataclass(frozen=True)
class MaskDraw:
    """`start` and `span` (items,) in samples."""

    start: Tensor
    span: Tensor


@dataclass(frozen=True)
class TimeMask:
    """One span set to zero, up to `longest_s` seconds long, anywhere; the rest is untouched."""

    longest_s: float

    def draw(self, items: int, length: int, generator: torch.Generator) -> MaskDraw:
        """The span of every window."""
        longest = min(self.longest_s * SAMPLE_RATE_HZ, length)
        span = torch.rand(items, generator=generator) * longest
        start = torch.rand(items, generator=generator) * (length - span)
        return MaskDraw(start, span)

    def apply(self, samples: Tensor, drawn: MaskDraw) -> Tensor:
        """Samples `(items, time)` with their span silenced."""
        time, start = torch.arange(samples.shape[1]), drawn.start.unsqueeze(1)
        end = start + drawn.span.unsqueeze(1)
        return samples.masked_fill((time >= start) & (time < end), 0.0)
