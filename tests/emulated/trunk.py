"""The int8 part of a window graph, cut out: float tensors in, dequantised int8 tensors out."""

from __future__ import annotations

from typing import NamedTuple

import onnx


class Trunk(NamedTuple):
    """A graph, the tensors of the whole graph that go in, and those that come out."""

    graph: bytes
    inputs: list[str]
    outputs: list[str]


def cut_trunk(window_graph: bytes) -> Trunk:
    """The `Trunk` between the first quantisers and what reads the last convolutions."""
    proto = onnx.load_from_string(window_graph)
    maker = {output: node for node in proto.graph.node for output in node.output}
    quantised = [node for node in proto.graph.node if node.op_type == "QuantizeLinear"]
    inputs = [n.input[0] for n in quantised if maker[n.input[0]].op_type not in ("Conv", "Relu")]
    inside = {"Conv", "Relu", "QuantizeLinear", "DequantizeLinear"}
    read_outside = {
        name for node in proto.graph.node if node.op_type not in inside for name in node.input
    }
    outputs = [
        node.output[0]
        for node in proto.graph.node
        if node.op_type == "DequantizeLinear" and node.output[0] in read_outside
    ]
    wanted, nodes = list(outputs), []
    while wanted:
        name = wanted.pop()
        if name in inputs or name not in maker or maker[name] in nodes:
            continue
        nodes.append(maker[name])
        wanted.extend(maker[name].input)
    order = [node for node in proto.graph.node if node in nodes]
    used = {name for node in order for name in node.input}
    weights = [w for w in proto.graph.initializer if w.name in used]
    made = onnx.helper.make_graph(order, "trunk", floats(inputs), floats(outputs), weights)
    model = onnx.helper.make_model(
        made, opset_imports=proto.opset_import, ir_version=proto.ir_version
    )
    return Trunk(model.SerializeToString(), inputs, outputs)


def with_outputs(window_graph: bytes, names: list[str]) -> bytes:
    """The whole graph, which gives these tensors too."""
    proto = onnx.load_from_string(window_graph)
    proto.graph.output.extend(floats(names))
    return proto.SerializeToString()


def floats(names: list[str]) -> list[onnx.ValueInfoProto]:
    return [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names]
