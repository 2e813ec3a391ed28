"""Constants in float16 with a Cast to float32 each: half the bytes, and the sums stay float32.

A constant that a float16 holds exactly loses nothing. The weights of attention and heads are
rounded to it (3 digits), which is part of the quantisation that the gate judges.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

LEAST_NUMBERS = 1_024  # a Cast for fewer is not worth its place
WEIGHTED = ("MatMul", "Gemm")


def store_halves(graph: bytes, rounded: Collection[str] = ()) -> bytes:
    """The same graph, its large exact constants in float16 with a Cast each to float32.

    Large weights of the matrix products among the nodes named in `rounded` are made exact first.
    """
    model = onnx.load_from_string(graph)
    inexact = _weights_of(model, rounded)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < LEAST_NUMBERS:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):  # what overflows is not exact, and stays
            half = values.astype(np.float16)
        exact = np.array_equal(half.astype(np.float32), values)
        if not exact and (tensor.name not in inexact or not np.isfinite(half).all()):
            continue
        wide = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{wide}_half"))
        name = f"widen_{wide}"
        casts.append(helper.make_node("Cast", [tensor.name], [wide], name, to=TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _weights_of(model: ModelProto, names: Collection[str]) -> set[str]:
    """Constants that only matrix products among the named nodes read."""
    inside: set[str] = set()
    outside: set[str] = set()
    for node in model.graph.node:
        reads = inside if node.name in names and node.op_type in WEIGHTED else outside
        reads.update(node.input)
    return inside - outside
