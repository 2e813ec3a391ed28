"""How well an embedding knows the woman rather than her blood pressure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.proportion import clustered_proportion


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
    vectors, woman = np.asarray(embeddings, np.float64)[rows], np.asarray(women)[rows]
    visit = np.asarray(visits)[rows]
    same_woman = woman[:, None] == woman[None, :]
    other_visit = ~(same_woman & (visit[:, None] == visit[None, :]))
    mates = (same_woman & other_visit).sum(axis=1)
    queries = np.flatnonzero(mates)
    if len(queries) == 0:
        return Reidentification(missing("no woman with two visits"), None)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1.0)
    closeness = np.where(other_visit, unit @ unit.T, -np.inf)[queries]
    # Nearest by share of ties, so that equal embeddings score chance and not the row order.
    nearest = closeness >= closeness.max(axis=1, keepdims=True) - 1e-9
    hits = (nearest & same_woman[queries]).sum(axis=1) / nearest.sum(axis=1)
    chance = mates[queries] / other_visit[queries].sum(axis=1)
    return Reidentification(clustered_proportion(hits, woman[queries]), float(chance.mean()))
