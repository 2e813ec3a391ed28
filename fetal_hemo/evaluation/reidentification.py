"""How well an embedding knows the woman rather than her blood pressure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.proportion import clustered_proportion

BLOCK = 512  # queries at a time: the memory grows with the recordings, not with their square


class Reidentification(NamedTuple):
    """`hit_rate` of finding another visit of the same woman first, and that of a `chance` draw."""

    hit_rate: Estimate
    chance: float | None


def reidentification(
    embeddings: ArrayLike, women: ArrayLike, visits: ArrayLike, folds: ArrayLike | None = None
) -> Reidentification:
    """`Reidentification` by the nearest (cosine) recording of any other visit.

    `embeddings` (rows, columns); a row with NaN is left out, and so is, as a query, a woman with
    one visit. A visit is a woman and a `visits` id: ids may repeat between women. Embeddings of
    different `folds` come from different models and are never compared.
    """
    vectors = np.asarray(embeddings, np.float64)
    heard = np.isfinite(vectors).all(axis=1)
    fold = np.zeros(len(vectors), np.intp) if folds is None else woman_index(folds)[0]
    woman = woman_index(women)[0]
    visit = woman * (len(woman) + 1) + woman_index(visits)[0]
    groups = [np.flatnonzero(heard & (fold == number)) for number in np.unique(fold)]
    found = [_queried(vectors[rows], woman[rows], visit[rows]) for rows in groups]
    if not any(len(whose) for _, _, whose in found):
        return Reidentification(missing("no woman with two visits"), None)
    hits, chances, whose = (np.concatenate(column) for column in zip(*found, strict=True))
    return Reidentification(clustered_proportion(hits, whose), float(chances.mean()))


def _queried(
    vectors: NDArray[np.float64], woman: NDArray[np.intp], visit: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Of each recording whose woman has another visit: hit, chance of a hit, woman."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1.0)
    _, number, sizes = np.unique(visit, return_inverse=True, return_counts=True)
    of_visit = sizes[number]
    mates = np.bincount(woman, minlength=1)[woman] - of_visit
    queries = np.flatnonzero(mates)
    blocks = [queries[at : at + BLOCK] for at in range(0, len(queries), BLOCK)]
    hits = [_hits(unit, woman, visit, block) for block in blocks]
    chances = (mates / np.maximum(len(woman) - of_visit, 1))[queries]
    return np.concatenate([np.zeros(0), *hits]), chances, woman[queries]


def _hits(
    unit: NDArray[np.float64],
    woman: NDArray[np.intp],
    visit: NDArray[np.intp],
    queries: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Of each query `(queries,)`, the share of its nearest recordings that are its woman's."""
    closeness = unit[queries] @ unit.T
    closeness[visit[queries, None] == visit] = -np.inf
    # Nearest by share of ties, so that equal embeddings score chance and not the row order.
    nearest = closeness >= closeness.max(axis=1, keepdims=True) - 1e-9
    hers = nearest & (woman[queries, None] == woman)
    return hers.sum(axis=1) / nearest.sum(axis=1)
