"""Whether something goes with the label of visits, when visits of one woman belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index

PERMUTATIONS = 2_000
AT_ONCE = 200

Labels = NDArray[np.float64]  # (..., visits) 0 or 1
Statistic = Callable[[Labels], NDArray[np.float64]]  # (draws, visits) -> (draws,)


def chi_square(level: NDArray[np.intp], labels: Labels) -> NDArray[np.float64]:
    """Pearson's chi-square `(...)` of levels `(visits,)`, from 0, and labels `(..., visits)`."""
    member = np.eye(level.max() + 1)[level]  # (visits, levels)
    share = labels.mean(axis=-1, keepdims=True)
    expected = member.sum(axis=0) * share
    return np.sum((labels @ member - expected) ** 2 / (expected * (1 - share)), axis=-1)


def cramers_v(level: NDArray[np.intp], label: Labels) -> float:
    """0 when levels `(visits,)` say nothing of the label, 1 when they say all."""
    return float(np.sqrt(chi_square(level, label) / len(label)))


def rank_distance(rank: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """How far the ranks of the positive are from the middle `(...)`; labels `(..., visits)`."""
    return np.abs(labels @ (rank - rank.mean()))


def permutation_p(statistic: Statistic, label: Labels, women: ArrayLike, seed: int = 0) -> float:
    """Share of 2,000 random exchanges of labels at which the statistic is at least as large.

    Women with as many visits exchange the labels of all their visits, in their order: what is
    alike within a woman stays so. The observed labels count as one of the exchanges.
    """
    observed = statistic(label[None])[0]
    exchanged = _exchanges(label, women, np.random.default_rng(seed))
    larger = sum(int(np.sum(statistic(labels) >= observed - 1e-9)) for labels in exchanged)
    return (larger + 1) / (PERMUTATIONS + 1)


def _exchanges(label: Labels, women: ArrayLike, rng: np.random.Generator) -> Iterator[Labels]:
    """Labels `(200, visits)`, ten times."""
    index, count = woman_index(women)
    order = np.argsort(index, kind="stable")
    size = np.bincount(index, minlength=count)
    start = np.cumsum(size) - size
    blocks = [order[start[size == n][:, None] + np.arange(n)] for n in np.unique(size)]
    for _ in range(PERMUTATIONS // AT_ONCE):
        labels = np.tile(label, (AT_ONCE, 1))
        for block in blocks:  # (women, visits) of women with so many visits
            partner = np.argsort(rng.random((AT_ONCE, len(block))), axis=1)
            labels[:, block] = label[block[partner]]
        yield labels
