"""The reference for drift: what validation women sound like and where their embeddings lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from export.runners import Graphs
from fetal_hemo.training.batches import Batch
from firmware_bridge.distance import embedding_distance, mean_embedding

FEWEST_VISITS = 20
SMALLEST_SCALE = 1e-3
DECILES = np.arange(1, 10) / 10


def drift_reference(
    heard: dict[str, Any] | None, graphs: Graphs, visits: Batch
) -> dict[str, Any] | None:
    """The `reference` of a manifest; None for a run without one, or with under 20 visits.

    `heard` is the run's, `visits` are of validation women. Each distance is from the mean and the
    spread of the other visits, as a new woman's will be.
    """
    masks = visits.window_mask.numpy() > 0
    if heard is None or len(masks) < FEWEST_VISITS:
        return None
    embedded = [
        graphs.windows(samples[mask].numpy())["view_embeddings"]
        for samples, mask in zip(visits.samples, masks, strict=True)
    ]
    means = np.stack([mean_embedding(views, np.arange(len(views))) for views in embedded])
    distances = [
        embedding_distance(views, np.ones(len(views)), _centre(np.delete(means, i, axis=0)))
        for i, views in enumerate(embedded)
    ]
    edges = np.quantile(np.array(distances, np.float64), DECILES)
    return {
        **heard,
        "distance": [1.0 / (len(edges) + 1)] * (len(edges) + 1),
        "distance_edges": [round(float(edge), 4) for edge in edges],
        **_centre(means),
    }


def _centre(means: np.ndarray) -> dict[str, list[float]]:
    scale = np.maximum(means.std(axis=0, ddof=1), SMALLEST_SCALE)
    return {
        "embedding_mean": [round(float(value), 5) for value in means.mean(axis=0)],
        "embedding_scale": [round(float(value), 5) for value in scale],
    }
