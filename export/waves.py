"""Tables of cosines leave a graph as a few whole numbers: a session makes them when it loads.

A table is `T[(row * column + offset) mod STEPS] * scale`, rounded to float16, where `T` is one turn
of a cosine in STEPS steps, itself made from short lists by the addition theorem. All of it is
products, sums and roundings of doubles, so every processor makes the same bits; a cosine operator
would not, because its last digit is the mathematics library's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

COARSE, FINE = 120, 140
STEPS = COARSE * FINE  # of a turn: a multiple of what every table of the front end needs
TURN = "turn"


class Waves(NamedTuple):
    """`T[(rows * columns + offsets) mod STEPS] * (left @ right)`, rounded to float16.

    `rows` (rows,), `columns` and `offsets` (columns,) are whole numbers; `left` (rows, k) and
    `right` (k, columns) make the scale.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    offsets: NDArray[np.int64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]


class Part(NamedTuple):
    """Nodes of a graph, and the constants that they read."""

    nodes: list[NodeProto]
    constants: list[TensorProto]


def store_waves(graph: bytes, tables: dict[str, Waves]) -> bytes:
    """The same graph, each constant that a table gives to the bit made when it loads."""
    model = onnx.load_from_string(graph)
    values = {name: table_of(waves) for name, waves in tables.items()}
    parts = []
    for tensor in list(model.graph.initializer):
        for name, waves in tables.items():
            if _holds(tensor, values[name]):
                model.graph.initializer.remove(tensor)
                parts.append(_table_part(name, waves, tensor.name))
    if not parts:
        return graph
    for part in (*reversed(parts), _turn_part()):
        model.graph.initializer.extend(part.constants)
        for node in reversed(part.nodes):
            model.graph.node.insert(0, node)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def table_of(waves: Waves) -> NDArray[np.float32]:
    """The table `(rows, columns)` as onnxruntime makes it."""
    parts = [_turn_part(), _table_part("table", waves, "out")]
    nodes = [node for part in parts for node in part.nodes]
    constants = [constant for part in parts for constant in part.constants]
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["rows", "columns"])
    graph = helper.make_graph(nodes, "table", [], [out], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    made: NDArray[np.float32] = session.run(None, {})[0]
    return made


def _holds(tensor: TensorProto, table: NDArray[np.float32]) -> bool:
    if tensor.data_type != TensorProto.FLOAT or tuple(tensor.dims) != table.shape:
        return False
    return bool(np.array_equal(numpy_helper.to_array(tensor), table))


def _turn_part() -> Part:
    """One turn `(STEPS,)` of a cosine: cos(a + b) = cos a cos b - sin a sin b."""
    a = 2 * np.pi * np.arange(COARSE)[:, None] / COARSE
    b = 2 * np.pi * np.arange(FINE)[None] / STEPS
    lists = {"cos_a": np.cos(a), "cos_b": np.cos(b), "sin_a": np.sin(a), "sin_b": np.sin(b)}
    return _part(
        TURN,
        {**lists, "flat": np.array([-1])},
        [
            ("Mul", "cos_a", "cos_b", "cosines"),
            ("Mul", "sin_a", "sin_b", "sines"),
            ("Sub", "cosines", "sines", "grid"),
        ],
        [helper.make_node("Reshape", [f"{TURN}.grid", f"{TURN}.flat"], [TURN])],
    )


def _table_part(name: str, waves: Waves, out: str) -> Part:
    ones = np.ones_like(waves.rows)
    constants = {
        "rows": np.stack([waves.rows, ones], axis=1),
        "columns": np.stack([waves.columns, waves.offsets]),
        "steps": np.array(STEPS),
        "left": waves.left,
        "right": waves.right,
    }
    gather = helper.make_node("Gather", [TURN, f"{name}.at"], [f"{name}.wave"])
    steps = [
        ("MatMul", "rows", "columns", "phase"),
        ("Mod", "phase", "steps", "at"),
        ("MatMul", "left", "right", "scale"),
    ]
    part = _part(name, constants, steps, [gather])
    scaled, half = f"{name}.scaled", f"{name}.half"
    part.nodes.append(helper.make_node("Mul", [f"{name}.wave", f"{name}.scale"], [scaled]))
    part.nodes.append(helper.make_node("Cast", [scaled], [half], to=TensorProto.FLOAT16))
    part.nodes.append(helper.make_node("Cast", [half], [out], to=TensorProto.FLOAT))
    return part


def _part(
    name: str,
    constants: dict[str, NDArray[np.generic]],
    steps: list[tuple[str, str, str, str]],
    after: list[NodeProto],
) -> Part:
    nodes = [
        helper.make_node(kind, [f"{name}.{a}", f"{name}.{b}"], [f"{name}.{out}"])
        for kind, a, b, out in steps
    ]
    tensors = [numpy_helper.from_array(x, f"{name}.{key}") for key, x in constants.items()]
    return Part([*nodes, *after], tensors)
