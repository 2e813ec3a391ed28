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
    embeddings: ArrayLike, women: ArrayLike, visits: ArrayLike
) -> Reidentification:
    """`Reidentification` by the nearest (cosine) recording of any other visit.

    `embeddings` (rows, columns); a row with NaN is left out, and so is, as a query, a woman with
    one visit. A visit is a woman and a `visits` id: ids may repeat between women.
    """
    rows = np.isfinite(np.asarray(embeddings, np.float64)).all(axis=1)
    vectors = np.asarray(embeddings, np.float64)[rows]
    woman = woman_index(np.asarray(women)[rows])[0]
    visit = woman * (len(woman) + 1) + woman_index(np.asarray(visits)[rows])[0]
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1.0)
    _, number, sizes = np.unique(visit, return_inverse=True, return_counts=True)
    of_visit = sizes[number]
    mates = np.bincount(woman, minlength=1)[woman] - of_visit
    queries = np.flatnonzero(mates)
    if len(queries) == 0:
        return Reidentification(missing("no woman with two visits"), None)
    blocks = [queries[at : at + BLOCK] for at in range(0, len(queries), BLOCK)]
    hits = np.concatenate([_hits(unit, woman, visit, block) for block in blocks])
    chance = float((mates / np.maximum(len(woman) - of_visit, 1))[queries].mean())
    return Reidentification(clustered_proportion(hits, woman[queries]), chance)


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
