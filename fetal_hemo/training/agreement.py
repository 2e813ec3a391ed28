"""How far the views of a window, and the windows of a visit, agree: no label has a part in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import torch
from torch import Tensor

from fetal_hemo.contrast import view_recall, visit_dispersion
from fetal_hemo.training.view_losses import WindowViews


class Agreement(NamedTuple):
    """Numbers for an epoch's row; None where windows have one view, or visits one window.

    `view_recall_1` and `view_recall_5`: share of windows whose other view, of the other augmented
    copy, is the nearest or among the 5 nearest (Haiku, arXiv 2605.00925; k / windows by chance).
    `visit_dispersion`: one minus the mean cosine of two windows of a visit (arXiv 2605.03297).
    """

    view_recall_1: float | None
    view_recall_5: float | None
    visit_dispersion: float | None


def agreement(views: Sequence[WindowViews], visits: Tensor) -> Agreement:
    """`Agreement` of all these windows together, `visits` `(windows,)` a number for each visit.

    Recall is the mean over every two views and both directions.
    """
    first, second = (torch.cat(copy) for copy in zip(*(v[:2] for v in views), strict=True))
    pairs = [(first[:, v], second[:, w]) for v, w in combinations(range(first.shape[1]), 2)]
    means = torch.cat([windows.means[0] for windows in views])
    dispersion = visit_dispersion(means, visits)
    return Agreement(
        _mean_recall(pairs, 1),
        _mean_recall(pairs, 5),
        None if math.isnan(dispersion) else dispersion,
    )


def _mean_recall(pairs: Sequence[tuple[Tensor, Tensor]], k: int) -> float | None:
    found = [view_recall(first, second, k) for first, second in pairs]
    return sum(found) / len(found) if found else None
