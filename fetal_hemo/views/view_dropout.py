"""Views hidden while training, so that the network works with any subset of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ViewDraw:
    """`chance` (items, views) in 0-1: a view whose number is below the share is hidden."""

    chance: Tensor


@dataclass(frozen=True)
class ViewDropout:
    """Present views hidden by chance `share`; at least one of an item's present views stays."""

    share: float

    def draw(self, items: int, views: int, generator: torch.Generator) -> ViewDraw:
        """The chances of every item's views."""
        return ViewDraw(torch.rand(items, views, generator=generator))

    def apply(self, view_mask: Tensor, drawn: ViewDraw) -> Tensor:
        """The mask `(items, views)` of 0 and 1 with some views hidden; absent ones stay so."""
        chance = drawn.chance * (view_mask > 0)
        safe = torch.nn.functional.one_hot(chance.argmax(dim=1), view_mask.shape[1])
        return view_mask * ((chance >= self.share) | (safe > 0)).to(view_mask.dtype)


def drop_views(view_mask: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """The mask `(items, views)` after one `ViewDropout` of its own."""
    items, views = view_mask.shape
    dropout = ViewDropout(share)
    return dropout.apply(view_mask, dropout.draw(items, views, generator))
