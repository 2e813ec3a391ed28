"""The float twin of an int8 graph says nearly the same and has no int8 in it."""

from __future__ import annotations

import numpy as np
import onnx

from export.candidate import smallest
from export.dequantise import in_float
from export.runners import Graphs


def test_twin(exported, calibration: np.ndarray) -> None:
    int8 = smallest(exported.int8)
    twin = in_float(int8)
    kinds = {node.op_type for node in onnx.load_from_string(twin).graph.node}
    assert not kinds & {"QuantizeLinear", "DequantizeLinear"}
    assert len(twin) > 1.3 * len(int8)
    trained, floats, ints = (
        Graphs(graph, exported.recording).windows(calibration[:8])["view_embeddings"]
        for graph in (exported.window, twin, int8)
    )
    scale = np.linalg.norm(trained)
    assert np.linalg.norm(floats - trained) < 0.02 * scale  # weights of 8 bits, no lost ReLU
    assert 0 < np.linalg.norm(floats - ints) < 0.02 * scale
