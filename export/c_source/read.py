"""Quantised window graph (QDQ ONNX) -> its int8 trunks."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from export.c_source.refuse import refusal
from export.c_source.tapped import TappedGraph
from export.c_source.trunk import Convolution, QuantisedTensor, Trunk

VIEW = re.compile(r"model\.(\w+)\.trunk\.")
PLAIN = {"group": 1, "dilations": [1], "auto_pad": b"NOTSET"}  # what a convolution may say


class Graph:
    """Look-ups in a QDQ graph: constants, who makes a tensor, who reads it."""

    def __init__(self, content: bytes) -> None:
        graph = onnx.load_from_string(content).graph
        self.nodes = list(graph.node)
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.makers = {out: node for node in self.nodes for out in node.output}
        self.readers: dict[str, list[onnx.NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)

    def dequantised(self, name: str) -> onnx.NodeProto | None:
        """The DequantizeLinear that makes a tensor from another tensor's bytes, if one does."""
        node = self.makers.get(name)
        if node is None or node.op_type != "DequantizeLinear" or node.input[0] in self.constants:
            return None
        return node

    def constant(self, name: str, what: str) -> np.ndarray:
        """A constant's value, through the DequantizeLinear that hides it."""
        node = self.makers.get(name)
        source = node.input[0] if node is not None and node.op_type == "DequantizeLinear" else name
        if source not in self.constants:
            raise refusal(f"{what} {name} is no constant")
        return self.constants[source]


def read_trunks(content: bytes) -> tuple[Trunk, ...]:
    """The trunks of a quantised window graph, in the order in which their inputs are made.

    Raises `FetalHemoError` E-EXPORT-C for an operator between int8 tensors that is not a plain
    one-dimensional Conv, naming it, and for a graph without a trunk.
    """
    graph = Graph(content)
    chains = [_chain(graph, node) for node in graph.nodes if _is_entry(graph, node)]
    if not chains:
        raise refusal("no int8 convolution in it", "quantise the trunk before asking for C")
    names = [node.output[0] for chain in chains for node in chain if _is(node, "QuantizeLinear")]
    tapped = TappedGraph(content, names)
    shapes = tapped.run(np.zeros((1, tapped.window_samples), np.float32))
    return tuple(_trunk(graph, chain, shapes, i) for i, chain in enumerate(chains))


def _is(node: onnx.NodeProto, kind: str) -> bool:
    return bool(node.op_type == kind)


def _is_entry(graph: Graph, node: onnx.NodeProto) -> bool:
    """Whether a QuantizeLinear takes a float tensor into the int8 world.

    What comes out of an operator that reads bytes must be a convolution: any other is refused.
    """
    if not _is(node, "QuantizeLinear"):
        return False
    maker = graph.makers.get(node.input[0])
    if maker is None or not any(graph.dequantised(name) for name in maker.input):
        return True
    if not _is(maker, "Conv"):
        raise refusal(f"no C for operator {maker.op_type} ({maker.name}) between int8 tensors")
    return False


def _chain(graph: Graph, entry: onnx.NodeProto) -> list[onnx.NodeProto]:
    """QuantizeLinear, Conv, QuantizeLinear, Conv, ... QuantizeLinear."""
    chain = [entry]
    while following := _next_convolution(graph, chain[-1]):
        readers = graph.readers.get(following.output[0], [])
        if len(readers) != 1 or not _is(readers[0], "QuantizeLinear"):
            kinds = ", ".join(sorted({node.op_type for node in readers})) or "nothing"
            raise refusal(f"Conv {following.name} is followed by {kinds}, not by QuantizeLinear")
        chain += [following, readers[0]]
    if len(chain) == 1:
        kind = next((node.op_type for node in _int8_readers(graph, entry)), "none")
        raise refusal(f"no C for operator {kind} on the int8 tensor {entry.output[0]}")
    return chain


def _next_convolution(graph: Graph, quantise: onnx.NodeProto) -> onnx.NodeProto | None:
    readers = _int8_readers(graph, quantise)
    convolutions = [node for node in readers if _is(node, "Conv")]
    if convolutions and len(readers) > 1:
        raise refusal(f"the int8 tensor {quantise.output[0]} has {len(readers)} readers, not one")
    return convolutions[0] if convolutions else None


def _int8_readers(graph: Graph, quantise: onnx.NodeProto) -> list[onnx.NodeProto]:
    back = graph.readers.get(quantise.output[0], [])
    return [reader for node in back for reader in graph.readers.get(node.output[0], [])]


def _trunk(
    graph: Graph, chain: list[onnx.NodeProto], shapes: dict[str, np.ndarray], number: int
) -> Trunk:
    tensors = tuple(_tensor(graph, node, shapes) for node in chain[::2])
    pairs = zip(chain[1::2], tensors, tensors[1:], strict=False)
    found = VIEW.search(chain[1].input[1])
    name = found.group(1) if found else f"trunk_{number}"
    return Trunk(name, tensors, tuple(_convolution(graph, *pair) for pair in pairs))


def _tensor(graph: Graph, node: onnx.NodeProto, shapes: dict[str, np.ndarray]) -> QuantisedTensor:
    scale, zero_point = (graph.constant(name, "quantisation") for name in node.input[1:3])
    if scale.size != 1 or zero_point.dtype != np.uint8:
        raise refusal(f"the int8 tensor {node.output[0]} is not uint8 with one scale")
    found = shapes[node.output[0]]
    if found.ndim != 3:
        raise refusal(f"the int8 tensor {node.output[0]} has {found.ndim} dimensions, not 3")
    _, steps, channels = found.shape
    return QuantisedTensor(
        node.output[0], steps, channels, np.float32(scale.item()), int(zero_point.item())
    )


def _convolution(
    graph: Graph, node: onnx.NodeProto, given: QuantisedTensor, out: QuantisedTensor
) -> Convolution:
    said: dict[str, Any] = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    for name, allowed in PLAIN.items():
        if said.get(name, allowed) != allowed:
            raise refusal(f"Conv {node.name} has {name} {said[name]!r}, known is {allowed!r}")
    weights = graph.constant(node.input[1], "weight")
    scale, zero_point = graph.makers[node.input[1]].input[1:3]
    if weights.dtype != np.int8 or graph.constant(zero_point, "zero point").any():
        raise refusal(f"the weights of Conv {node.name} are not symmetric int8")
    outputs = len(weights)
    if outputs % 2:
        raise refusal(f"Conv {node.name} has {outputs} output channels", "choose an even width")
    bias = graph.constant(node.input[2], "bias") if len(node.input) > 2 else np.zeros(outputs)
    per_channel = np.broadcast_to(graph.constant(scale, "scale"), outputs).astype(np.float32)
    multiplier = given.scale * per_channel / out.scale  # float32, in QLinearConv's order
    stride, pads = said.get("strides", [1])[0], said.get("pads", [0, 0])
    return Convolution(
        weights, bias.astype(np.int32), multiplier, int(stride), (int(pads[0]), int(pads[1]))
    )
