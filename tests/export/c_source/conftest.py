"""Quantised graphs made by hand in the shape that the exporter makes, and their C on this host."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from export.c_source.tapped import TappedGraph
from export.c_source.trunk import Trunk
from export.c_source.write import write_c

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror")


class Layer(NamedTuple):
    """A random convolution: output channels, kernel, stride, padding on both sides."""

    outputs: int
    kernel: int
    stride: int
    pad: int


class HostC:
    """Generated C compiled for this machine and called from here."""

    def __init__(self, folder: Path, trunks: tuple[Trunk, ...], options: Sequence[str]) -> None:
        library = folder / "trunks.so"
        wrapper = folder / "host.c"
        wrapper.write_text(
            '#include <string.h>\n#include "fh_trunks.h"\n'
            "void one(int i, const uint8_t *in, uint32_t n, uint8_t *out, uint32_t m) {\n"
            "  static uint8_t arena[FH_ARENA_BYTES];\n"
            "  memcpy(fh_trunk_input(&fh_trunks[i], arena), in, n);\n"
            "  memcpy(out, fh_trunk_run(&fh_trunks[i], arena), m);\n}\n"
        )
        sources = [str(folder / name) for name in ("fh_conv.c", "fh_trunks.c", "host.c")]
        compile_c([*options, "-shared", "-fPIC", *sources, "-o", str(library)])
        self.shared_object, self.trunks = ctypes.CDLL(str(library)), trunks

    def run(self, index: int, given: np.ndarray) -> np.ndarray:
        """Output bytes `(windows, steps, channels)` of a trunk for input bytes of that form."""
        out = self.trunks[index].tensors[-1]
        found = np.zeros((len(given), out.steps, out.channels), np.uint8)
        for window, result in zip(np.ascontiguousarray(given), found, strict=True):
            sizes = window.size, result.size
            self.shared_object.one(
                index, window.ctypes.data_as(ctypes.c_void_p), sizes[0],
                result.ctypes.data_as(ctypes.c_void_p), sizes[1],
            )  # fmt: skip
        return found


def compile_c(arguments: Sequence[str]) -> None:
    """Run the host's compiler; its complaints are the failure."""
    done = subprocess.run(["gcc", *STRICT, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session", autouse=True)
def _host_compiler() -> None:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")


def ends(graph: bytes, trunks: tuple[Trunk, ...], samples: np.ndarray) -> list[tuple]:
    """onnxruntime's input and output bytes of every trunk, `(windows, steps, channels)` each."""
    names = [(t.tensors[0].name, t.tensors[-1].name) for t in trunks]
    found = TappedGraph(graph, [n for pair in names for n in pair]).run(samples)
    return [(found[before], found[after]) for before, after in names]


@pytest.fixture
def host_c(tmp_path: Path) -> Callable[..., HostC]:
    """Write and compile the C of a graph with the given options."""

    def build(graph: bytes, *options: str) -> HostC:
        return HostC(tmp_path, write_c(graph, tmp_path), options or ("-O2",))

    return build


@pytest.fixture(scope="session")
def handmade() -> Callable[..., onnx.ModelProto]:
    """A graph of samples `(windows, 15000)` -> float features -> one random int8 trunk."""
    return build_graph


def build_graph(
    layers: Sequence[Layer],
    channels: int = 3,
    steps: int = 750,
    seed: int = 0,
    per_tensor: bool = False,
) -> onnx.ModelProto:
    """Random weights; output ranges such that about the middle half of the values survives."""
    rng = np.random.default_rng(seed)
    constants = {"shape": np.array([0, 20, 750]), "from": np.array([0]), "to": np.array([steps])}
    constants |= {"axis": np.array([2]), "mix": rng.normal(size=(channels, 20, 1))}
    nodes = [
        helper.make_node("Reshape", ["samples", "shape"], ["rows"]),
        helper.make_node("Slice", ["rows", "from", "to", "axis"], ["cut"]),
        helper.make_node("Conv", ["cut", "mix"], ["features"]),
    ]
    constants["mix"] = constants["mix"].astype(np.float32)
    scale = np.float32(4.0 / 255 * np.sqrt(20))
    _quantise(nodes, constants, "features", scale, int(rng.integers(60, 160)))
    source, inputs = "features", channels
    for i, layer in enumerate(layers):
        scale = _convolve(nodes, constants, rng, f"layer{i}", source, inputs, layer, per_tensor)
        _quantise(nodes, constants, f"layer{i}", scale, int(rng.choice([0, 128])))
        source, inputs = f"layer{i}", layer.outputs
    nodes.append(helper.make_node("Transpose", [f"{source}_back"], ["out"], perm=[0, 2, 1]))
    graph = helper.make_graph(
        nodes,
        "handmade",
        [helper.make_tensor_value_info("samples", TensorProto.FLOAT, ["windows", 15_000])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def _quantise(nodes: list, constants: dict, name: str, scale: np.float32, zero_point: int) -> None:
    constants |= {f"{name}_scale": scale, f"{name}_zero": np.uint8(zero_point)}
    constants |= {key: np.asarray(constants[key]) for key in (f"{name}_scale", f"{name}_zero")}
    both = [f"{name}_scale", f"{name}_zero"]
    nodes.append(helper.make_node("QuantizeLinear", [name, *both], [f"{name}_bytes"]))
    nodes.append(helper.make_node("DequantizeLinear", [f"{name}_bytes", *both], [f"{name}_back"]))


def _convolve(nodes, constants, rng, name, source, inputs, layer, per_tensor) -> np.float32:
    """Append the convolution; the scale that its output deserves."""
    count = 1 if per_tensor else layer.outputs
    weight_scale = rng.uniform(0.5, 2.0, count).astype(np.float32) * 1e-3
    weights = rng.integers(-127, 128, (layer.outputs, inputs, layer.kernel)).astype(np.int8)
    bias_scale = (constants[f"{source}_scale"] * weight_scale).astype(np.float32)
    constants |= {
        f"{name}_w": weights,
        f"{name}_ws": weight_scale[0] if per_tensor else weight_scale,
        f"{name}_wz": np.int8(0) if per_tensor else np.zeros(count, np.int8),
        f"{name}_b": rng.integers(-9_000, 9_000, layer.outputs).astype(np.int32),
        f"{name}_bs": bias_scale[0] if per_tensor else bias_scale,
        f"{name}_bz": np.int32(0) if per_tensor else np.zeros(count, np.int32),
    }
    for key in ("w", "ws", "wz", "b", "bs", "bz"):
        constants[f"{name}_{key}"] = np.asarray(constants[f"{name}_{key}"])
    for kind, key in (("weight", "w"), ("bias", "b")):
        given = [f"{name}_{key}", f"{name}_{key}s", f"{name}_{key}z"]
        axis = {} if per_tensor else {"axis": 0}
        nodes.append(helper.make_node("DequantizeLinear", given, [f"{name}_{kind}"], **axis))
    nodes.append(
        helper.make_node(
            "Conv",
            [f"{source}_back", f"{name}_weight", f"{name}_bias"],
            [name],
            name=f"conv_{name}",
            kernel_shape=[layer.kernel],
            strides=[layer.stride],
            pads=[layer.pad, layer.pad],
        )
    )
    spread = 60 * 70 * float(bias_scale.mean()) * np.sqrt(inputs * layer.kernel)
    return np.float32(spread / 64)
