"""Bytes of an ONNX graph -> is it of the kind that a bundle may hold? Nothing is made of it.

A signature says who made a bundle, not that its graphs are harmless. onnxruntime's parser,
optimiser and constant folding are large, so a graph meets this first: only known fields of the
format, only operators that our graphs are made of, no data in other files, no graph inside a graph,
and no tensor larger than its bytes. It reads protocol buffers itself: a hundred lines instead of a
library that a device would have to carry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from firmware_bridge.errors import FetalHemoError

# What the two graphs are made of, all in the processor's own kernels of onnxruntime and of its
# reduced builds. A new one is a decision: is there a kernel on the phone, is it the same there?
OPERATORS = frozenset(
    name
    for group in (
        "Add Sub Mul Div Neg Abs Reciprocal Pow Sqrt Log Sin Cos Mod Clip",
        "Less Where ArgMax ReduceMax ReduceMean ReduceMin ReduceSum",
        "Conv AveragePool BatchNormalization LayerNormalization MatMul Gemm",
        "Relu Tanh Sigmoid Softmax",
        "Cast Concat Expand Gather GatherElements GatherND Identity Pad Reshape",
        "Slice Split Squeeze Transpose Unsqueeze",
        "QuantizeLinear DequantizeLinear",
    )
    for name in group.split()
)
ONNX_DOMAINS = (b"", b"ai.onnx")
MOST_NODES, MOST_TENSORS, MOST_AXES = 4_096, 4_096, 8
MOST_ELEMENTS = 2**22  # along one axis
MOST_IN_A_SHAPE = 2**20  # a number in a small int64 tensor: an axis, a size, a start or an end
LAST = 2**62  # ends of slices that mean "to the end"
SHAPE_ELEMENTS = 16  # what holds no more numbers may be a shape
BYTES_OF = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}  # of an element, by ONNX's data type
INT64 = 7

# Fields of onnx.proto3 that may stand in a message, with their wire types; others are refused. A
# known field under another wire type would be read by us and passed over by onnxruntime.
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
Allowed = dict[int, tuple[int, ...]]
TEXT, WHOLE, WHOLES = (BYTES,), (VARINT,), (VARINT, BYTES)
MODEL: Allowed = {1: WHOLE, 5: WHOLE, **dict.fromkeys((2, 3, 4, 6, 7, 8, 14), TEXT)}
GRAPH: Allowed = dict.fromkeys((1, 2, 5, 10, 11, 12, 13, 14, 16), TEXT)
OUTPUT: Allowed = dict.fromkeys((1, 2, 3, 4), TEXT)
NODE: Allowed = dict.fromkeys((1, 2, 3, 4, 5, 6, 7, 9), TEXT)
# numbers and texts: no tensor, no graph
ATTRIBUTE: Allowed = {2: (FIXED32,), 3: WHOLE, 7: (FIXED32, BYTES), 8: WHOLES, 20: WHOLE}
ATTRIBUTE |= dict.fromkeys((1, 4, 9, 13, 21), TEXT)
# data in one piece, and in no other file: field 14 may only say so
TENSOR: Allowed = {1: WHOLES, 2: WHOLE, 14: WHOLE, **dict.fromkeys((4, 5, 7, 8, 9, 12, 16), TEXT)}

Field = tuple[int, int, bytes]  # number, value of a number, bytes of anything else


class Hostile(ValueError):
    """A graph is not of the allowed kind; the text says why."""


def check_graph(data: bytes, name: str, where: str) -> None:
    """Nothing, when the graph may be given to onnxruntime; raises E-BUNDLE-FORMAT."""
    try:
        _check_model(data)
    except Hostile as error:
        raise FetalHemoError("E-BUNDLE-FORMAT", f"{name} {error}", where) from None


def _check_model(data: bytes) -> None:
    graphs = [inner for number, _, inner in fields(data, MODEL, "a model") if number == 7]
    if len(graphs) != 1:
        raise Hostile(f"holds {len(graphs)} graphs, not one")
    nodes = tensors = 0
    for number, _, inner in fields(graphs[0], GRAPH, "a graph"):
        nodes, tensors = nodes + (number == 1), tensors + (number == 5)
        if nodes > MOST_NODES or tensors > MOST_TENSORS:
            raise Hostile("holds too many nodes or tensors")
        if number == 1:
            _check_node(inner)
        elif number == 5:
            _check_tensor(inner)
        elif number == 12:
            for _ in fields(inner, OUTPUT, "an output"):
                pass


def _check_node(data: bytes) -> None:
    operator, domain = b"", b""
    for number, _, inner in fields(data, NODE, "a node"):
        if number == 4:
            operator = inner
        elif number == 7:
            domain = inner
        elif number == 5:
            for _ in fields(inner, ATTRIBUTE, "an attribute"):
                pass
    if domain not in ONNX_DOMAINS or operator.decode("ascii", "replace") not in OPERATORS:
        shown = operator[:40].decode("ascii", "replace")
        raise Hostile(f"holds the operator {shown!r}, which no model of ours needs")


def _check_tensor(data: bytes) -> None:
    dims: list[int] = []
    kind, raw, typed = 0, b"", b""
    for number, value, inner in fields(data, TENSOR, "a tensor"):
        if number == 1:
            dims += numbers(value, inner)
        elif number == 2:
            kind = value
        elif number == 9:
            raw = inner
        elif number in (4, 5, 7):
            typed += inner
        elif number == 14 and value:
            raise Hostile("holds a tensor whose data are in another file")
    if kind not in BYTES_OF:
        raise Hostile(f"holds a tensor of the unknown type {kind}")
    if len(dims) > MOST_AXES or any(not 0 <= size <= MOST_ELEMENTS for size in dims):
        raise Hostile("holds a tensor of an impossible shape")
    elements = math.prod(dims)
    fits = elements <= len(typed) if typed else elements * BYTES_OF[kind] == len(raw)
    if not fits or (typed and raw):
        raise Hostile("holds a tensor that is not of the size of its data")
    if kind == INT64 and elements <= SHAPE_ELEMENTS:
        _check_shape(raw, typed)


def _check_shape(raw: bytes, typed: bytes) -> None:
    values = [int.from_bytes(raw[at : at + 8], "little") for at in range(0, len(raw), 8)]
    for value in values + numbers(0, typed) * bool(typed):
        signed = value - 2**64 if value >= 2**63 else value
        if MOST_IN_A_SHAPE < abs(signed) < LAST:
            raise Hostile(f"asks for {signed} elements")


def numbers(value: int, packed: bytes) -> list[int]:
    """A repeated number: packed into bytes, or one of several fields."""
    if not packed:
        return [value]
    found, at = [], 0
    while at < len(packed):
        value, at = _varint(packed, at)
        found.append(value)
    return found


def fields(data: bytes, allowed: Allowed, what: str) -> Iterator[Field]:
    """The fields of one message; raises `Hostile` for one that is not `allowed` or is damaged."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind not in allowed.get(number, ()):
            raise Hostile(f"holds field {number} of {what}, which no model of ours needs")
        value, inner = 0, b""
        if kind == VARINT:
            value, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            size, at = _varint(data, at)
            inner, at = data[at : at + size], at + size
        if at > len(data):
            raise Hostile("is not a graph: it ends early")
        yield number, value, inner


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Hostile("is not a graph: a number has no end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
