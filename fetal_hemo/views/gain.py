"""A level that drifts over the window, as when the probe is pressed harder or slips."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class GainDraw:
    """`start_db` and `end_db` (items,) of the gain at the window's ends."""

    start_db: Tensor
    end_db: Tensor


@dataclass(frozen=True)
class Gain:
    """A gain that runs evenly in dB from one end to the other, each end uniform in +-`most_db`.

    Samples may come to exceed [-1, 1]: level is never a feature. Times and signs are kept.
    """

    most_db: float

    def draw(self, items: int, length: int, generator: torch.Generator) -> GainDraw:
        """The gains at both ends of every window."""
        start, end = (2 * torch.rand(2, items, generator=generator) - 1) * self.most_db
        return GainDraw(start, end)

    def apply(self, samples: Tensor, drawn: GainDraw) -> Tensor:
        """Samples `(items, time)` times their gain."""
        ramp = torch.linspace(0, 1, samples.shape[1])
        start, end = drawn.start_db.unsqueeze(1), drawn.end_db.unsqueeze(1)
        return samples * torch.pow(10.0, (start + (end - start) * ramp) / 20)
