"""The shape of every augmentation: draw its random numbers once, apply them as often as wanted."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

Drawn = TypeVar("Drawn")


class Transform(Protocol[Drawn]):
    """An augmentation of samples `(items, time)` at 4 kHz.

    What `draw` returns is a frozen dataclass of tensors whose first dimension is `items`. All
    chance is in it: `apply` gives the same for the same samples, and leaves them as they were.
    """

    def draw(self, items: int, length: int, generator: torch.Generator) -> Drawn:
        """The random numbers for `items` windows of `length` samples."""
        ...

    def apply(self, samples: Tensor, drawn: Drawn) -> Tensor:
        """A changed copy of samples `(items, time)`."""
        ...


def take(drawn: Any, index: Tensor) -> Any:
    """What was drawn for the items at `index` `(wanted,)`, by number or by mask, of `drawn`."""
    tensors = {field.name: getattr(drawn, field.name)[index] for field in dataclasses.fields(drawn)}
    return dataclasses.replace(drawn, **tensors)


def uniform(items: int, limits: tuple[float, float], generator: torch.Generator) -> Tensor:
    """Numbers `(items,)` drawn evenly between two limits."""
    low, high = limits
    return low + (high - low) * torch.rand(items, generator=generator)
