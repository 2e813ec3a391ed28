"""The part of an ONNX graph that some of its outputs need.

Asked for one output, onnxruntime still runs every node; so the others are left out beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from firmware_bridge.graph_check import (
    BYTES,
    GRAPH,
    MODEL,
    NODE,
    OUTPUT,
    TENSOR,
    VARINT,
    Allowed,
    fields,
)

# Fields of onnx.proto3: of a model, of a graph, and those that hold names
GRAPH_OF_MODEL = 7
NODES, TENSORS, OUTPUTS = 1, 5, 12
NODE_INPUTS, NODE_OUTPUTS, TENSOR_NAME, OUTPUT_NAME = 1, 2, 8, 1


def part_of(model: bytes, outputs: Collection[str]) -> bytes:
    """The model with these outputs alone, and the nodes and tensors that they depend on.

    `model` has passed `check_graph`. What stays is the same, byte for byte, and in its order.
    """
    written = bytearray()
    for number, value, inner in fields(model, MODEL, "a model"):
        if number == GRAPH_OF_MODEL:
            inner = _part_of_graph(inner, {name.encode() for name in outputs})
        written += _field(number, MODEL[number][0], value, inner)
    return bytes(written)


def _part_of_graph(graph: bytes, outputs: set[bytes]) -> bytes:
    parts = [(number, inner) for number, _, inner in fields(graph, GRAPH, "a graph")]
    needed = set(outputs)
    nodes = [inner for number, inner in parts if number == NODES]
    for node in reversed(nodes):  # each stands after those whose values it takes
        if not needed.isdisjoint(_texts(node, NODE, NODE_OUTPUTS)):
            needed.update(_texts(node, NODE, NODE_INPUTS))
    names = {  # of which one must be needed
        NODES: (NODE, NODE_OUTPUTS, needed),
        TENSORS: (TENSOR, TENSOR_NAME, needed),
        OUTPUTS: (OUTPUT, OUTPUT_NAME, outputs),
    }
    written = bytearray()
    for number, inner in parts:
        if number in names:
            allowed, holder, wanted = names[number]
            if wanted.isdisjoint(_texts(inner, allowed, holder)):
                continue
        written += _field(number, BYTES, 0, inner)
    return bytes(written)


def _texts(data: bytes, allowed: Allowed, holder: int) -> Iterator[bytes]:
    return (inner for number, _, inner in fields(data, allowed, "a message") if number == holder)


def _field(number: int, kind: int, value: int, inner: bytes) -> bytes:
    if kind == VARINT:
        return _varint(number << 3 | VARINT) + _varint(value)
    return _varint(number << 3 | BYTES) + _varint(len(inner)) + inner


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
