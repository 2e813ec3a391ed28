"""An int8 graph in float again: what its size and speed are compared with."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper


def in_float(graph: bytes) -> bytes:
    """The same network without QuantizeLinear and DequantizeLinear, its weights in float32.

    The weights keep the values that 8 bits left them; nothing is rounded between the layers. A
    ReLU that the quantiser had moved into a range stands in the graph again.
    """
    model = onnx.load_from_string(graph)
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    renamed: dict[str, str] = {}
    kept: list[onnx.NodeProto] = []
    for node in model.graph.node:
        for at, name in enumerate(node.input):
            node.input[at] = renamed.get(name, name)
        if node.op_type == "QuantizeLinear":
            kept.append(_clipped(node, constants))
            renamed[node.output[0]] = kept[-1].output[0]
        elif node.op_type == "DequantizeLinear" and node.input[0] in constants:
            model.graph.initializer.append(_weights(node, constants))
        elif node.op_type == "DequantizeLinear":
            renamed[node.output[0]] = node.input[0]
        else:
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    read = {name for node in kept for name in node.input}
    unread = [t for t in model.graph.initializer if t.name not in read]
    for tensor in unread:
        model.graph.initializer.remove(tensor)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _clipped(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> onnx.NodeProto:
    """A ReLU where the zero point is the lowest byte, else a copy."""
    zero = numpy_helper.to_array(constants[node.input[2]])
    kind = "Relu" if int(zero) == np.iinfo(zero.dtype).min else "Identity"
    return onnx.helper.make_node(kind, [node.input[0]], [f"{node.output[0]}_float"], node.name)


def _weights(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> onnx.TensorProto:
    values = numpy_helper.to_array(constants[node.input[0]]).astype(np.float32)
    scale = numpy_helper.to_array(constants[node.input[1]])
    zero = np.zeros_like(scale)
    if len(node.input) > 2:
        zero = numpy_helper.to_array(constants[node.input[2]]).astype(np.float32)
    shape = (-1,) + (1,) * (values.ndim - 1) if scale.ndim else ()
    made = (values - zero.reshape(shape)) * scale.reshape(shape)
    return numpy_helper.from_array(made.astype(np.float32), node.output[0])
