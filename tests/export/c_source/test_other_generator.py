"""emx-onnx-cgen, which computes in float between the bytes, agrees but for rare single steps."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.utils import Extractor

from export.c_source.trunk import Trunk
from tests.export.c_source.conftest import Layer, ends

LAYERS = [Layer(16, 7, 3, 3), Layer(16, 5, 2, 2), Layer(16, 3, 1, 1)]


def only_trunk(proto: onnx.ModelProto, trunk: Trunk) -> onnx.ModelProto:
    """The graph between the trunk's first and last bytes, for one window."""
    for tensor in (trunk.tensors[0], trunk.tensors[-1]):
        shape = [1, tensor.channels, tensor.steps]
        value = helper.make_tensor_value_info(tensor.name, onnx.TensorProto.UINT8, shape)
        proto.graph.value_info.append(value)
    cut = Extractor(proto).extract_model([trunk.tensors[0].name], [trunk.tensors[-1].name])
    return onnx.shape_inference.infer_shapes(cut)


def test_agrees_with_an_independent_generator(handmade, host_c, tmp_path: Path) -> None:
    tool = shutil.which("emx-onnx-cgen", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("emx-onnx-cgen is not installed")
    proto = handmade(LAYERS, 6, 750, 8)
    graph = proto.SerializeToString()
    built = host_c(graph)
    onnx.save(only_trunk(proto, built.trunks[0]), tmp_path / "trunk.onnx")
    command = [tool, "compile", "trunk.onnx", "other.c", "--large-temp-threshold", "0"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    build = ["gcc", "-O2", "-shared", "-fPIC", "other.c", "-lm", "-o", "other.so"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    other = ctypes.CDLL(str(tmp_path / "other.so"))

    samples = np.random.default_rng(9).normal(size=(10, 15_000)).astype(np.float32)
    ((given, _),) = ends(graph, built.trunks, samples)
    ours = built.run(0, given).astype(int)
    theirs = np.zeros((10, ours.shape[2], ours.shape[1]), np.uint8)
    for window, out in zip(given.transpose(0, 2, 1), theirs, strict=True):
        window = np.ascontiguousarray(window)
        other.model(*(x.ctypes.data_as(ctypes.c_void_p) for x in (window, out)))
    difference = np.abs(ours - theirs.transpose(0, 2, 1))
    assert difference.max() <= 2
    assert (difference == 0).mean() > 0.99
