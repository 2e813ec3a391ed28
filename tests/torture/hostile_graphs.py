"""Graphs that a stolen or careless key might sign: none is of the kind that a bundle may hold."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from tests.torture.damage import damaged

FORBIDDEN = ("Loop", "If", "Scan", "ConstantOfShape", "RandomNormal", "Tile", "Resize", "TopK")
FOREIGN = ("com.microsoft", "ai.onnx.contrib", "ai.onnx.ml", "evil")

Hostile = Callable[[onnx.ModelProto, random.Random], None]


def forbidden_operator(model: onnx.ModelProto, draw: random.Random) -> None:
    """An operator that no graph of ours needs."""
    place(model, helper.make_node(draw.choice(FORBIDDEN), ["x"], ["y"]), draw)


def foreign_domain(model: onnx.ModelProto, draw: random.Random) -> None:
    """An operator of a library that somebody would have to load."""
    place(model, helper.make_node("Add", ["x"], ["y"], domain=draw.choice(FOREIGN)), draw)


def external_data(model: onnx.ModelProto, draw: random.Random) -> None:
    """Weights that are to be read from another file."""
    tensor = draw.choice(model.graph.initializer)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    where = draw.choice(("/etc/passwd", "../../x", "/dev/zero"))
    tensor.external_data.add(key="location", value=where)


def giant_tensor(model: onnx.ModelProto, draw: random.Random) -> None:
    """A tensor that says it is larger than its bytes."""
    tensor = draw.choice(model.graph.initializer)
    size = 2 ** draw.randint(23, 62)
    tensor.dims[:] = draw.choice(([size], [size, 2], [65_536] * 4, [-size], [1] * 50 + [size]))


def giant_shape(model: onnx.ModelProto, draw: random.Random) -> None:
    """A constant shape that makes a small tensor giant while the session is made."""
    shape = np.array([2 ** draw.randint(21, 60)], np.int64)
    model.graph.initializer.append(numpy_helper.from_array(shape, "shape"))
    model.graph.initializer.append(numpy_helper.from_array(np.ones(1, np.float32), "one"))
    place(model, helper.make_node(draw.choice(("Expand", "Pad")), ["one", "shape"], ["y"]), draw)


def graph_inside(model: onnx.ModelProto, draw: random.Random) -> None:
    """A graph in an attribute of an allowed operator."""
    node = helper.make_node("Add", ["x"], ["y"])
    inner = helper.make_graph([], "inner", [], [])
    node.attribute.append(AttributeProto(name="body", type=AttributeProto.GRAPH, g=inner))
    place(model, node, draw)


def tensor_inside(model: onnx.ModelProto, draw: random.Random) -> None:
    """A tensor in an attribute, past the checks of the initializers."""
    tensor = TensorProto(dims=[2**40], data_type=1)
    place(model, helper.make_node("Add", ["x"], ["y"], value=tensor), draw)


def function(model: onnx.ModelProto, draw: random.Random) -> None:
    """A function of the model's own that carries an allowed operator's name."""
    del draw
    made = onnx.FunctionProto(name="Add", domain="")
    made.node.append(helper.make_node("Loop", ["x"], ["y"]))
    model.functions.append(made)


def sparse(model: onnx.ModelProto, draw: random.Random) -> None:
    """A sparse tensor of a giant shape."""
    made = onnx.SparseTensorProto(dims=[2 ** draw.randint(30, 60)])
    model.graph.sparse_initializer.append(made)


def too_many(model: onnx.ModelProto, draw: random.Random) -> None:
    """More nodes than any graph of ours."""
    del draw
    model.graph.node.extend([helper.make_node("Relu", ["x"], ["y"])] * 5_000)


def training(model: onnx.ModelProto, draw: random.Random) -> None:
    """A graph for training beside the one to run."""
    del draw
    model.training_info.add()


KINDS: tuple[Hostile, ...] = (
    *(forbidden_operator, foreign_domain, external_data, giant_tensor, giant_shape),
    *(graph_inside, tensor_inside, function, sparse, too_many, training),
)


def place(model: onnx.ModelProto, node: onnx.NodeProto, draw: random.Random) -> None:
    """Put a node anywhere in the graph."""
    model.graph.node.insert(draw.randrange(len(model.graph.node) + 1), node)


def hide_domain(graph: bytes) -> bytes:
    """The graph with a foreign node whose domain stands twice, the second time as a number.

    A reader that does not look at wire types takes the second; onnxruntime passes it over.
    """
    node = helper.make_node("Add", ["x"], ["y"], domain="evil").SerializeToString()
    head, nodes, rest = taken_apart(graph)
    return head + field(GRAPH, rest + in_fields([*nodes, node + bytes([7 << 3, 0])]))


GRAPH, NODE = 7, 1  # their numbers in a model, and in a graph


def taken_apart(graph: bytes) -> tuple[bytes, list[bytes], bytes]:
    """All of a model but its graph, the nodes of that, and the graph's rest.

    `head + field(GRAPH, in_fields(nodes) + rest)` is the whole again.
    """
    model = onnx.load_from_string(graph)
    nodes = [node.SerializeToString() for node in model.graph.node]
    model.graph.ClearField("node")
    rest = model.graph.SerializeToString()
    model.ClearField("graph")
    return model.SerializeToString(), nodes, rest


def in_fields(nodes: list[bytes]) -> bytes:
    """The nodes as they stand in a graph."""
    return b"".join(field(NODE, node) for node in nodes)


def structure_damaged(nodes: list[bytes], draw: random.Random) -> bytes:
    """The nodes as they stand in a graph, one damaged within its field, or any of it."""
    if draw.random() < 0.5:
        return damaged(in_fields(nodes), draw)
    at = draw.randrange(len(nodes))
    return in_fields([*nodes[:at], damaged(nodes[at], draw), *nodes[at + 1 :]])


def field(number: int, data: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A number as protocol buffers write it: seven bits a byte, the lowest first."""
    made = b""
    while value > 127:
        value, made = value >> 7, made + bytes([value & 127 | 128])
    return made + bytes([value])
