"""All chance of one augmented copy, frozen: another copy or another window may share it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from fetal_hemo.views.transform import take


@dataclass(frozen=True)
class Step:
    """What one transform drew, and which items `(items,)` meet it."""

    drawn: Any
    met: Tensor

    def take(self, index: Tensor) -> Step:
        """The step of the items at `index`."""
        return Step(take(self.drawn, index), self.met[index])


@dataclass(frozen=True)
class Draw:
    """The `Step` of every transform by its name."""

    steps: Mapping[str, Step]

    def take(self, index: Tensor) -> Draw:
        """The draw of the items at `index` `(wanted,)`, which may name an item again and again.

        `draw.take(torch.arange(visits).repeat_interleave(windows))` gives all windows of a visit
        what was drawn for it.
        """
        return Draw({name: step.take(index) for name, step in self.steps.items()})

    def sharing(self, other: Draw, names: Collection[str]) -> Draw:
        """This draw with the named steps of `other`: the same unit, but a noise of its own.

        Raises `KeyError` for a transform that is off.
        """
        return Draw({**self.steps, **{name: other.steps[name] for name in names}})
