"""The part of a graph is what ONNX's own tool cuts out of it, and gives the same bits."""

from __future__ import annotations

import random

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor

from firmware_bridge.bundle import open_bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.graph_check import check_graph
from firmware_bridge.graph_part import part_of
from firmware_bridge.runtime import FeedbackOutputs, WindowOutputs
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys
from tests.torture.damage import damaged
from tests.torture.hostile_graphs import GRAPH, field, in_fields, structure_damaged, taken_apart

TRIES, SEED = 300, 31
ENDS = 200  # bytes of the inputs and outputs, which stand after the weights


@pytest.fixture(scope="module", params=["random", "shipped"])
def window_graph(request: pytest.FixtureRequest, graphs: dict[str, bytes]) -> bytes:
    """The window graph of float weights, and that of the int8 bundle."""
    if request.param == "random":
        return graphs["window.onnx"]
    return open_bundle(DEFAULT_BUNDLE, trusted_keys(())).members["window.onnx"]


@pytest.mark.parametrize(
    "outputs", [FeedbackOutputs._fields, WindowOutputs._fields, ("dead_share",)]
)
def test_it_is_what_onnx_cuts_out(window_graph: bytes, outputs: tuple[str, ...]) -> None:
    whole = onnx.load_from_string(window_graph)
    expected = Extractor(whole).extract_model(["samples"], list(outputs)).graph
    found = onnx.load_from_string(part_of(window_graph, outputs))
    assert list(found.graph.node) == list(expected.node)
    names = {tensor.name for tensor in found.graph.initializer}
    assert names == {tensor.name for tensor in expected.initializer}
    assert {output.name for output in found.graph.output} == set(outputs)
    assert found.graph.input == whole.graph.input
    assert found.opset_import == whole.opset_import
    assert found.ir_version == whole.ir_version
    onnx.checker.check_model(found, full_check=True)


def test_all_outputs_of_a_graph_without_dead_ends_are_all_of_it(window_graph: bytes) -> None:
    outputs = [output.name for output in onnx.load_from_string(window_graph).graph.output]
    whole = part_of(window_graph, outputs)
    assert part_of(whole, outputs) == whole
    found, expected = onnx.load_from_string(whole), onnx.load_from_string(window_graph)
    assert list(found.graph.node) == list(expected.graph.node)


def test_a_node_with_two_outputs_and_numbers_of_several_bytes() -> None:
    nodes = [
        helper.make_node("Split", ["x"], ["a", "b"], num_outputs=2),
        helper.make_node("Relu", ["a"], ["first"]),
        helper.make_node("Add", ["b", "one"], ["second"]),
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("first", "second")]
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    one = numpy_helper.from_array(np.ones(1, np.float32), "one")
    graph = helper.make_graph(nodes, "g", [start], ends, [one])
    model = helper.make_model(graph, model_version=2**40, producer_name="p" * 300)
    first = onnx.load_from_string(part_of(model.SerializeToString(), ["first"]))
    assert [node.op_type for node in first.graph.node] == ["Split", "Relu"]
    assert not first.graph.initializer
    assert (first.model_version, first.producer_name) == (2**40, "p" * 300)
    second = onnx.load_from_string(part_of(model.SerializeToString(), ["second"]))
    assert [node.op_type for node in second.graph.node] == ["Split", "Add"]
    assert list(second.graph.initializer) == [one]


def test_what_passes_the_check_can_be_cut(graphs: dict[str, bytes]) -> None:
    """Also a damaged graph, and what is cut out of it passes too."""
    head, nodes, rest = taken_apart(graphs["recording.onnx"])
    passed = 0
    for number in range(TRIES):
        draw = random.Random(f"{SEED} {number}")
        structure, ends = in_fields(nodes), rest[-ENDS:]
        if draw.random() < 0.5:
            structure = structure_damaged(nodes, draw)
        else:
            ends = damaged(ends, draw)
        graph = field(GRAPH, structure + rest[:-ENDS] + ends)
        try:
            check_graph(head + graph, "recording.onnx", "here")
        except FetalHemoError:
            continue
        passed += 1
        check_graph(part_of(head + graph, ["logits"]), "the part", "here")
    assert passed > TRIES / 10


def test_an_output_of_an_unknown_kind_is_refused(graphs: dict[str, bytes]) -> None:
    head, _, rest = taken_apart(graphs["recording.onnx"])
    graph = head + field(GRAPH, rest + field(12, field(9, b"x")))
    with pytest.raises(FetalHemoError, match="field 9 of an output"):
        check_graph(graph, "recording.onnx", "here")
