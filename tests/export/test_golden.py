"""The golden vectors and the self-test that reads them."""

from __future__ import annotations

import io

import numpy as np

from export.golden import golden_vectors
from export.runners import Graphs


def test_vectors_are_what_the_graphs_say_and_small(exported) -> None:
    graphs = Graphs(exported.int8, exported.recording)
    data = golden_vectors(graphs)
    assert len(data) < 200_000
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    samples = (arrays["samples"] / 32_768.0).astype(np.float32)
    found = graphs.windows(samples)
    np.testing.assert_array_equal(found["quality"], arrays["quality"])
    logits = graphs.logits(samples, arrays["start_s"], np.ones(len(samples), np.float32))
    np.testing.assert_array_equal(logits, arrays["logits"])
    assert all(np.isfinite(arrays[name]).all() for name in arrays.files)


def test_vectors_are_the_same_every_time(exported) -> None:
    graphs = Graphs(exported.int8, exported.recording)
    assert golden_vectors(graphs) == golden_vectors(graphs)
