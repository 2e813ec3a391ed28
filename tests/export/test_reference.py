"""The drift reference: numbers that the device's own counters meet."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from export.gate import Graphs
from export.reference import drift_reference
from fetal_hemo.training.batches import Batch
from firmware_bridge.distance import embedding_distance
from firmware_bridge.manifest import check_manifest

HEARD = {
    "recordings": 30,
    "outcome": [0.8, 0.2],
    "quality": [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    "rate": [0.1] * 10,
}


@pytest.fixture(scope="module")
def in_bundle(graphs: dict[str, bytes]) -> Graphs:
    return Graphs(graphs["window.onnx"], graphs["recording.onnx"])


def visits(count: int, seed: int) -> Batch:
    """Noise of many colours, two windows a visit, the second one missing in the first visit."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(count, 2, 15_000)).cumsum(axis=2) * rng.random((count, 1, 1))
    samples = np.where(rng.random((count, 1, 1)) < 0.5, np.diff(samples, prepend=0.0), samples)
    samples /= np.abs(samples).max(axis=2, keepdims=True)
    mask = torch.ones(count, 2)
    mask[0, 1] = 0.0
    start = torch.tensor([0.0, 3.75]).expand(count, 2)
    return Batch(torch.tensor(samples, dtype=torch.float32), start, mask, torch.zeros(count))


def test_a_manifest_takes_it(in_bundle: Graphs, bundle: Any) -> None:
    reference = drift_reference(HEARD, in_bundle, visits(22, 0))
    assert reference is not None
    check_manifest({**bundle.manifest, "reference": reference}, "")
    assert not any(math.isnan(edge) for edge in reference["distance_edges"])


def test_other_visits_of_the_kind_fill_the_bins_evenly(in_bundle: Graphs) -> None:
    reference = drift_reference(HEARD, in_bundle, visits(40, 1))
    new = visits(40, 2)
    views = [in_bundle.windows(s.numpy())["view_embeddings"] for s in new.samples]
    found = [embedding_distance(view, np.ones(2), reference) for view in views]
    assert reference is not None
    middle = reference["distance_edges"][4]  # the median of the reference's own distances
    assert 0.25 < np.mean(np.array(found) < middle) < 0.75


@pytest.mark.parametrize(("heard", "count"), [(None, 22), (HEARD, 19)])
def test_none_without_enough(in_bundle: Graphs, heard: dict[str, Any] | None, count: int) -> None:
    assert drift_reference(heard, in_bundle, visits(count, 0)) is None
