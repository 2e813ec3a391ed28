"""Distance of a recording's embedding from the reference's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from firmware_bridge.distance import embedding_distance, mean_embedding


def reference(mean: np.ndarray, scale: np.ndarray) -> dict[str, Any]:
    return {"embedding_mean": mean.tolist(), "embedding_scale": scale.tolist()}


def test_by_hand() -> None:
    views = np.array([[[1.0, 2.0]], [[3.0, 4.0]], [[99.0, 99.0]]])
    usable = np.array([True, True, False])
    found = embedding_distance(views, usable, reference(np.array([0.0, 3.0]), np.array([1.0, 5.0])))
    assert found == pytest.approx(np.sqrt((2.0**2 + 0.0) / 2))


def test_like_the_reference_is_near_one() -> None:
    rng = np.random.default_rng(0)
    found = embedding_distance(
        rng.normal(3.0, 2.0, (1, 3, 64)),
        np.ones(1),
        reference(np.full(192, 3.0), np.full(192, 2.0)),
    )
    assert found == pytest.approx(1.0, abs=0.15)


def test_long_recordings_are_not_averaged_further() -> None:
    views = np.arange(100.0)[:, None, None]
    spread = mean_embedding(views, np.arange(100))
    assert spread == pytest.approx(np.linspace(0, 99, 24).round().mean())


def test_nothing_to_compare() -> None:
    views, known = np.ones((2, 1, 3)), reference(np.zeros(3), np.ones(3))
    assert embedding_distance(views, np.zeros(2), known) is None
    assert embedding_distance(views, np.ones(2), None) is None
    assert embedding_distance(views, np.ones(2), reference(np.zeros(4), np.ones(4))) is None
