"""How far a recording is from those that the model was validated on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

MOST_WINDOWS = 24  # as many as the reference was taken from; more would average out more


def embedding_distance(
    view_embeddings: np.ndarray, usable: np.ndarray, reference: Mapping[str, Any] | None
) -> float | None:
    """Root mean square of the standardised mean embedding; near 1 for a recording like those.

    `view_embeddings` (windows, views, embedding), `usable` (windows,), `reference` with the mean
    and the standard deviation of each part. None without a reference or a usable window.
    """
    windows = np.flatnonzero(usable)
    if reference is None or not len(windows):
        return None
    mean, scale = (np.array(reference[f"embedding_{name}"]) for name in ("mean", "scale"))
    if len(mean) != view_embeddings[0].size or len(scale) != len(mean):
        return None  # of another model: the numbers would mean nothing
    found = mean_embedding(view_embeddings, windows)
    return float(np.sqrt(np.mean(((found - mean) / scale) ** 2)))


def mean_embedding(view_embeddings: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """The mean `(views * embedding,)` over up to 24 of the windows, spread evenly."""
    if len(windows) > MOST_WINDOWS:
        spread = np.linspace(0, len(windows) - 1, MOST_WINDOWS).round().astype(int)
        windows = windows[spread]
    return view_embeddings[windows].reshape(len(windows), -1).mean(axis=0, dtype=np.float64)
