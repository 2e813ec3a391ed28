"""Views hidden while training, so that the network works with any subset of them."""

from __future__ import annotations

import torch
from torch import Tensor


def drop_views(view_mask: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """The mask `(batch, views)` of 0 and 1 with present views hidden by chance `share`.

    At least one of an item's present views stays; a view that is not there never appears.
    """
    chance = torch.rand(view_mask.shape, generator=generator) * (view_mask > 0)
    safe = torch.nn.functional.one_hot(chance.argmax(dim=1), view_mask.shape[1])
    return view_mask * ((chance >= share) | (safe > 0)).to(view_mask.dtype)
