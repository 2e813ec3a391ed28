"""Losses between windows, by the name that a recipe gives them; none needs labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast import (
    SIMILARITIES,
    PairColumns,
    PairRule,
    Pairs,
    find_pairs,
    multiview_infonce,
    pair_contrast,
    pairwise_infonce,
    positive_aware_pairs,
)
from fetal_hemo.contrast.masked import oneself
from fetal_hemo.contrast.two_views import equal
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.visit_columns import view_columns


class WindowViews(NamedTuple):
    """Views `(windows, views, dim)` of two augmented copies, and the columns of the windows.

    `kept` are the copies' masks `(windows, views)`: only views that are 1 there are compared. None
    compares all.
    """

    first: Tensor
    second: Tensor
    columns: PairColumns
    kept: tuple[Tensor, Tensor] | None = None

    @property
    def means(self) -> tuple[Tensor, Tensor]:
        """The mean of each window's unit views, `(windows, dim)`, in each copy."""
        first, second = (functional.normalize(v, dim=-1).mean(dim=1) for v in self[:2])
        return first, second


def leave_one_out(windows: WindowViews, recipe: Recipe, epoch: int) -> Tensor:
    """Each view finds the mean of its window's other views: a scalar loss."""
    settings, negative = recipe.pretrain, _window_negatives(windows, recipe, epoch)
    losses = [
        multiview_infonce(views, mask, settings.temperature, negative, settings.decoupled)
        for views, mask in _crossed(windows)
    ]
    return torch.stack(losses).mean()


def pairwise(windows: WindowViews, recipe: Recipe, epoch: int) -> Tensor:
    """Every two views of a window find each other: a scalar loss."""
    settings, negative = recipe.pretrain, _window_negatives(windows, recipe, epoch)
    how = (settings.temperature, negative, settings.decoupled, SIMILARITIES[settings.similarity])
    losses = [pairwise_infonce(views, mask, *how) for views, mask in _crossed(windows)]
    return torch.stack(losses).mean()


def pairs(windows: WindowViews, recipe: Recipe, epoch: int) -> Tensor:
    """Any rows that the recipe calls positives find each other: a scalar loss.

    A row is one view of one window in one copy. Rows of one window and one copy share its noise:
    they are neither positives nor negatives.
    """
    settings = recipe.pretrain
    views = torch.stack([windows.first, windows.second])
    copies, count, kinds, _ = views.shape
    found = find_pairs(view_columns(windows.columns, copies, kinds), _rule(recipe))
    sound = torch.arange(copies * count).repeat_interleave(kinds)
    rows = views.flatten(0, 2)
    positive, negative = found.positive & ~equal(sound, sound), found.negative
    if windows.kept is not None:
        there = torch.stack(windows.kept).flatten() > 0
        rows = rows[there]
        positive, negative = (pair[there][:, there] for pair in (positive, negative))
    chosen = _screened(Pairs(positive, negative), rows, rows, recipe, epoch)
    return pair_contrast(
        rows,
        chosen,
        settings.temperature,
        decoupled=settings.decoupled,
        similarity=SIMILARITIES[settings.similarity],
    )


ViewLoss = Callable[[WindowViews, Recipe, int], Tensor]
VIEW_LOSSES: dict[str, ViewLoss] = {
    "leave_one_out": leave_one_out,
    "pairwise": pairwise,
    "pairs": pairs,
}


def _crossed(windows: WindowViews) -> list[tuple[Tensor, Tensor]]:
    """The time-frequency view of one copy with the others of the other copy, both ways round.

    So what two views share is the fetus and not the noise. With each, its mask.
    """
    every = windows.first.new_ones(windows.first.shape[:2])
    masks = (every, every) if windows.kept is None else windows.kept
    copies = list(zip(windows[:2], masks, strict=True))
    return [
        (
            torch.cat([mine[:, :1], other[:, 1:]], dim=1),
            torch.cat([my_mask[:, :1], other_mask[:, 1:]], dim=1),
        )
        for (mine, my_mask), (other, other_mask) in (copies, copies[::-1])
    ]


def _window_negatives(windows: WindowViews, recipe: Recipe, epoch: int) -> Tensor:
    """Bool `(windows, windows)`; a window is its own positive, being there in two copies."""
    negative = find_pairs(windows.columns, _rule(recipe)).negative
    own = oneself(len(negative), len(negative), negative.device)
    return _screened(Pairs(own, negative), *windows.means, recipe, epoch).negative


def _screened(chosen: Pairs, rows: Tensor, keys: Tensor, recipe: Recipe, epoch: int) -> Pairs:
    """The `Pairs` without likely false negatives, once the encoder can tell them."""
    settings = recipe.pairs
    off = settings.false_negatives == "off" and settings.hardest_negatives == 0
    if off or epoch < settings.false_negative_from_epoch:
        return chosen
    return positive_aware_pairs(
        SIMILARITIES[recipe.pretrain.similarity](rows.detach(), keys.detach()),
        chosen,
        settings.false_negatives,
        settings.false_negative_bound,
        settings.hardest_negatives,
    )


def _rule(recipe: Recipe) -> PairRule:
    settings = recipe.pairs
    return PairRule(settings.positives, settings.negatives, settings.least_negatives)
