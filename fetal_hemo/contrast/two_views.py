"""The pairs of two views of a batch: an item's other view is its positive."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.masked import oneself
from fetal_hemo.contrast.pairs import Pairs


def two_view_pairs(items: int, device: torch.device) -> Pairs:
    """`Pairs` of 2 x `items` rows, the second view of all items after the first."""
    item = torch.arange(items, device=device).repeat(2)
    same_item = equal(item, item)
    return Pairs(same_item & ~oneself(2 * items, 2 * items, device), ~same_item)


def equal(rows: Tensor, keys: Tensor) -> Tensor:
    """True where `(rows,)` and `(keys,)` hold the same value: `(rows, keys)`."""
    return rows[:, None] == keys[None, :]
