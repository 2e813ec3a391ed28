"""What is int8 after quantisation, and what must not be."""

from __future__ import annotations

import collections
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from export.operators import describe_operators
from export.quantise import quantise_trunk
from export.runners import Graphs
from fetal_hemo.simulate.quality import quality_windows


def test_every_trunk_convolution_and_nothing_of_the_front_end(exported) -> None:
    operators = describe_operators(exported.int8)
    assert operators["int8"]["Conv"] == 10  # four for each sequence, two for the intervals
    assert operators["float"]["Conv"] == 5  # two decimators and three groups of bands
    assert set(operators["int8"]) == {"Conv", "Reshape", "Transpose"}


def test_the_runtime_really_computes_in_int8(exported, tmp_path: Path) -> None:
    """One-line exports have been silently float for a year: ask the optimised graph."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(exported.int8, options, providers=["CPUExecutionProvider"])
    kinds = collections.Counter(
        n.op_type for n in onnx.load(tmp_path / "optimised.onnx").graph.node
    )
    assert kinds["QLinearConv"] == 10


def test_heart_rate_and_quality_are_not_touched_by_quantisation(exported) -> None:
    """They read the float scalogram: the quantiser would hand them its 8-bit copy."""
    samples, _ = quality_windows(20, 12)
    before = Graphs(exported.window, exported.recording).windows(samples)
    after = Graphs(exported.int8, exported.recording).windows(samples)
    for name in ("heart_rate_bpm", "heart_rate_confidence", "quality", "dead_share"):
        np.testing.assert_array_equal(before[name], after[name])
    assert np.abs(before["view_embeddings"] - after["view_embeddings"]).max() > 0


def test_same_input_gives_the_same_bytes(exported, calibration: np.ndarray) -> None:
    again = quantise_trunk(exported.window, exported.trunk, calibration)
    assert again == exported.int8


@pytest.mark.parametrize("graph", ["int8", "window", "recording"])
def test_no_trace_of_the_machine(exported, graph: str) -> None:
    content = getattr(exported, graph)
    for trace in (b"/home", b"/root", b"/work", b"/tmp", b"site-packages", b".py"):
        assert trace not in content
    assert [o.version for o in onnx.load_from_string(content).opset_import if not o.domain] == [20]
