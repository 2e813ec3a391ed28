"""What a window costs before any device is at hand: products, and an int8 trunk's memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import onnx
from onnx import NodeProto

from fetal_hemo.constants import WINDOW_SAMPLES
from firmware_bridge.runtime import session

PRODUCTS = ("Conv", "MatMul", "Gemm")
BIAS_BYTES = 4


class TrunkMemory(NamedTuple):
    """Bytes of the int8 trunks: `constants` in flash, `activations` at the fullest moment."""

    constants: int
    activations: int


def multiply_adds(graph: bytes, in_trunk: bool = False) -> int:
    """Multiply-adds of one window through a window graph, or through its int8 trunks alone."""
    model = onnx.load_from_string(graph)
    varying = _varying(model)
    nodes = [n for n in model.graph.node if n.op_type in PRODUCTS and n.output[0] in varying]
    if in_trunk:
        nodes = int8_convolutions(model)
    if not nodes:
        return 0
    names = {name for node in nodes for name in (_summed(node), node.output[0])}
    shapes = _shapes(model, names, varying)
    return sum(_products(node, shapes) for node in nodes)


def trunk_memory(graph: bytes) -> TrunkMemory:
    """The `TrunkMemory` of a quantised window graph; one trunk runs after another."""
    model = onnx.load_from_string(graph)
    makers = {out: node for node in model.graph.node for out in node.output}
    convolutions = int8_convolutions(model)
    if not convolutions:
        return TrunkMemory(0, 0)
    names = {name for node in convolutions for name in (node.input[0], node.output[0])}
    shapes = _shapes(model, names, _varying(model))
    constants = {t.name: t for t in model.graph.initializer}
    weights = [constants[makers[node.input[1]].input[0]] for node in convolutions]
    biases = BIAS_BYTES * sum(int(weight.dims[0]) for weight in weights)
    both = [_size(shapes[n.input[0]]) + _size(shapes[n.output[0]]) for n in convolutions]
    return TrunkMemory(sum(_size(tuple(w.dims)) for w in weights) + biases, max(both))


def int8_convolutions(model: onnx.ModelProto) -> list[NodeProto]:
    """The convolutions that read bytes."""
    dequantised = {n.output[0] for n in model.graph.node if n.op_type == "DequantizeLinear"}
    return [n for n in model.graph.node if n.op_type == "Conv" and n.input[0] in dequantised]


def _varying(model: onnx.ModelProto) -> set[str]:
    """Tensors that depend on the samples; the others are made once, when a session loads."""
    found = {value.name for value in model.graph.input}
    for node in model.graph.node:
        if found.intersection(node.input):
            found.update(node.output)
    return found


def _products(node: NodeProto, shapes: dict[str, tuple[int, ...]]) -> int:
    over = shapes[_summed(node)]
    each = _size(over[1:]) if node.op_type == "Conv" else over[-1]
    return _size(shapes[node.output[0]]) * each


def _summed(node: NodeProto) -> str:
    """The input that says how many products an output is the sum of."""
    return str(node.input[1] if node.op_type == "Conv" else node.input[0])


def _shapes(
    model: onnx.ModelProto, names: set[str], varying: set[str]
) -> dict[str, tuple[int, ...]]:
    """Shapes of tensors for one window: of what varies as a session finds them."""
    tapped = onnx.ModelProto()
    tapped.CopyFrom(model)
    wanted = sorted((names & varying) - {value.name for value in model.graph.input})
    del tapped.graph.output[:]
    tapped.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    run = session(tapped.SerializeToString(), "window.onnx", "the export")
    samples = np.zeros((1, WINDOW_SAMPLES), np.float32)
    found = {n: x.shape for n, x in zip(wanted, run.run(wanted, {"samples": samples}), strict=True)}
    known = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    for node in model.graph.node:  # constants behind a Cast or a DequantizeLinear
        if node.op_type in ("Cast", "DequantizeLinear") and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
    for name in names - varying - known.keys():
        raise ValueError(f"the shape of constant {name} is not known")
    return {**known, **found, "samples": samples.shape}


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))
