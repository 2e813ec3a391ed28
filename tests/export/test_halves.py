"""Storing halves: fewer bytes, the same bits out, and only where nothing is lost."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from export.halves import store_halves


def graph(table: np.ndarray) -> bytes:
    """Rows times a table."""
    rows = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", table.shape[0]])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", table.shape[1]])
    node = helper.make_node("MatMul", ["x", "t"], ["y"])
    body = helper.make_graph([node], "g", [rows], [out], [numpy_helper.from_array(table, "t")])
    opset = [helper.make_opsetid("", 20)]
    return helper.make_model(body, opset_imports=opset, ir_version=10).SerializeToString()


def answer(model: bytes) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    return session.run(None, {"x": x})[0]


def table(exact: bool) -> np.ndarray:
    values = np.random.default_rng(1).standard_normal((64, 50)).astype(np.float32)
    return values.astype(np.float16).astype(np.float32) if exact else values


def test_an_exact_table_takes_half_the_bytes_and_gives_the_same_bits() -> None:
    whole = graph(table(exact=True))
    half = store_halves(whole)
    assert len(half) < 0.6 * len(whole)
    assert answer(half).tobytes() == answer(whole).tobytes()


def test_a_table_that_would_lose_something_stays() -> None:
    model = onnx.load_from_string(store_halves(graph(table(exact=False))))
    assert [node.op_type for node in model.graph.node] == ["MatMul"]


def test_small_constants_stay() -> None:
    model = onnx.load_from_string(store_halves(graph(table(exact=True)[:, :4])))
    assert [node.op_type for node in model.graph.node] == ["MatMul"]


def test_weights_of_a_named_product_are_rounded_and_no_others() -> None:
    whole = onnx.load_from_string(graph(table(exact=False)))
    whole.graph.node[0].name = "head"
    data = whole.SerializeToString()
    half = store_halves(data, ["head"])
    assert len(half) < 0.6 * len(data)
    np.testing.assert_allclose(answer(half), answer(data), rtol=0, atol=1e-2)
    assert store_halves(data, ["another"]) == store_halves(data)


def test_a_weight_beyond_a_float16_stays() -> None:
    values = table(exact=False)
    values[0, 0] = 1e6
    whole = onnx.load_from_string(graph(values))
    whole.graph.node[0].name = "head"
    kept = onnx.load_from_string(store_halves(whole.SerializeToString(), ["head"]))
    assert [node.op_type for node in kept.graph.node] == ["MatMul"]
