"""What the generator reads from a graph, and what it refuses by name."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from export.c_source.head import head_texts
from export.c_source.read import read_trunks
from export.c_source.write import write_c
from fetal_hemo.encoders.model import RecordingOutput
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.graph_part import part_of
from tests.export.c_source.conftest import Layer

TWO = [Layer(4, 3, 1, 1), Layer(6, 3, 2, 1)]


def refused(proto: onnx.ModelProto, match: str) -> None:
    with pytest.raises(FetalHemoError, match=match) as caught:
        read_trunks(proto.SerializeToString())
    assert caught.value.code == "E-EXPORT-C"


def convolution(proto: onnx.ModelProto, name: str = "conv_layer1") -> onnx.NodeProto:
    return next(node for node in proto.graph.node if node.name == name)


def test_shapes_scales_and_padding(handmade) -> None:
    (trunk,) = read_trunks(handmade(TWO, 3, 101).SerializeToString())
    assert [(t.steps, t.channels) for t in trunk.tensors] == [(101, 3), (101, 4), (51, 6)]
    assert [layer.stride for layer in trunk.convolutions] == [1, 2]
    assert [layer.pads for layer in trunk.convolutions] == [(1, 1), (1, 1)]
    assert trunk.multiply_adds == 101 * 4 * 3 * 3 + 51 * 6 * 4 * 3


@pytest.mark.parametrize("kind", ["MaxPool", "Relu", "LeakyRelu"])
def test_an_operator_between_int8_tensors(handmade, kind: str) -> None:
    proto = handmade(TWO)
    attributes = {"kernel_shape": [2], "strides": [2]} if kind == "MaxPool" else {}
    at = next(i for i, n in enumerate(proto.graph.node) if n.output[0] == "layer0_bytes")
    node = helper.make_node(kind, ["layer0"], ["changed"], name="odd_one", **attributes)
    proto.graph.node.insert(at, node)
    proto.graph.node[at + 1].input[0] = "changed"
    refused(proto, kind)


def test_an_operator_on_int8_tensors_alone(handmade) -> None:
    """Dequantised, pooled, quantised again: no convolution beside it."""
    proto = handmade(TWO)
    for node in proto.graph.node:
        if node.name == "conv_layer1":
            del node.input[1:]
            node.op_type, node.name = "AveragePool", "pool_layer1"
            del node.attribute[:]
            node.attribute.append(helper.make_attribute("kernel_shape", [3]))
    refused(proto, "AveragePool .pool_layer1.")


@pytest.mark.parametrize(("name", "value"), [("group", 2), ("dilations", [2])])
def test_a_convolution_of_another_kind(handmade, name: str, value: object) -> None:
    proto = handmade(TWO)
    if name == "group":
        weights = next(i for i in proto.graph.initializer if i.name == "layer1_w")
        half = numpy_helper.to_array(weights)[:, :2].copy()
        weights.CopyFrom(numpy_helper.from_array(half, "layer1_w"))
    convolution(proto).attribute.append(helper.make_attribute(name, value))
    refused(proto, f"conv_layer1 has {name}")


def test_an_odd_width(handmade) -> None:
    refused(handmade([Layer(5, 3, 1, 1)]), "5 output channels")


def test_weights_with_a_zero_point(handmade) -> None:
    proto = handmade(TWO)
    point = next(i for i in proto.graph.initializer if i.name == "layer1_wz")
    point.CopyFrom(numpy_helper.from_array(np.full(6, 3, np.int8), "layer1_wz"))
    refused(proto, "conv_layer1 are not symmetric")


def test_a_float_graph(exported) -> None:
    with pytest.raises(FetalHemoError, match="no int8 convolution"):
        read_trunks(exported.window)


@pytest.mark.parametrize(
    ("factor", "match"), [(1e-7, "do not fit the requantisation"), (1e20, "out of range")]
)
def test_scales_beyond_the_kernel(handmade, tmp_path, factor: float, match: str) -> None:
    """An output scale so small or large that the kernel's rounding would not be exact."""
    proto = handmade([Layer(4, 3, 1, 1)])
    scale = next(i for i in proto.graph.initializer if i.name == "layer0_scale")
    other = np.asarray(numpy_helper.to_array(scale) * np.float32(factor))
    scale.CopyFrom(numpy_helper.from_array(other, "layer0_scale"))
    with pytest.raises(FetalHemoError, match=match):
        write_c(proto.SerializeToString(), tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_heads_of_a_foreign_graph(exported) -> None:
    """Weights that are not where the exporter puts them are named, not guessed."""
    recording = onnx.load_from_string(exported.recording)
    for constant in recording.graph.initializer:
        if constant.name == "model.recording.pool.hidden.bias":
            constant.name = "renamed"
    manifest = {"calibration": {"slope": 1, "intercept": 0}, "decision": {"threshold": 0.5}}
    with pytest.raises(FetalHemoError, match=r"no constant model\.recording\.pool\.hidden\.bias"):
        head_texts(exported.int8, recording.SerializeToString(), manifest, 16)


def test_a_bundle_of_an_earlier_version(exported) -> None:
    """Its recording graph has no mean of the views: what was attended to is the embedding."""
    recording = onnx.load_from_string(exported.recording)
    nodes = recording.graph.node
    tell = next(node for node in nodes if "model.average.tell.weight" in node.input)
    total = next(node for node in nodes if tell.output[0] in node.input)
    total.op_type = "Identity"
    total.input.remove(tell.output[0])
    earlier = part_of(recording.SerializeToString(), RecordingOutput._fields)
    with pytest.raises(FetalHemoError) as caught:
        head_texts(exported.int8, earlier, {}, 16)
    assert str(caught.value) == (
        "E-EXPORT-C: no constant model.average.measure.bias: recording.onnx; "
        "export with this version's graphs"
    )


def test_a_model_that_leaves_out_a_view(exported) -> None:
    """The C always hears all views, so it would say something else."""
    recording = onnx.load_from_string(exported.recording)
    for constant in recording.graph.initializer:
        if constant.name == "model.offered":
            offered = np.array([1, 0, 1], np.float32)
            constant.CopyFrom(numpy_helper.from_array(offered, constant.name))
    with pytest.raises(FetalHemoError, match=r"leaves out a view: recording\.onnx"):
        head_texts(exported.int8, recording.SerializeToString(), {}, 16)
