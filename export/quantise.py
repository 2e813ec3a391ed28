"""Float window graph -> the same graph with an int8 convolutional trunk."""

from __future__ import annotations

import logging

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationMethod, QuantType
from onnxruntime.quantization.calibrate import TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
from onnxruntime.quantization.quant_utils import save_and_reload_model_with_shape_infer

from export.ranges import METHODS, Range, tensor_values

QUANTISED = ("Conv", "Relu")  # without Relu the pair is not fused, and half of the range is lost


def quantise_trunk(
    graph: bytes, trunk: list[str], windows: np.ndarray, method: str = "extremes"
) -> bytes:
    """The graph with the convolutions among the `trunk` nodes in int8, the rest left in float.

    Activations have the range that `windows` (windows, 15000), of training women, span by one of
    `ranges.METHODS`. The front end stays float: quantising it destroys the result (the dynamic
    range of a filterbank does not fit 8 bits).
    """
    return quantise(graph, trunk, trunk_ranges(graph, trunk, windows)[method])


def trunk_ranges(
    graph: bytes, trunk: list[str], windows: np.ndarray
) -> dict[str, dict[str, Range]]:
    """For each method, the range of every tensor that the trunk reads or makes."""
    nodes = [node for node in onnx.load_from_string(graph).graph.node if node.name in trunk]
    names = {t for n in nodes if n.op_type in QUANTISED for t in (n.input[0], n.output[0])}
    values = tensor_values(graph, sorted(names), windows)
    return {
        method: {name: rule(value) for name, value in values.items()}
        for method, rule in METHODS.items()
    }


def quantise(graph: bytes, nodes: list[str], ranges: dict[str, Range]) -> bytes:
    """The graph with the named nodes in int8 over these ranges; weights per channel, symmetric."""
    model, own = _with_own_inputs(graph, nodes)
    ranges = {**ranges, **{name: ranges[original] for name, original in own.items()}}
    found = TensorsData(
        CalibrationMethod.MinMax,
        {name: tuple(np.float32(end) for end in ends) for name, ends in ranges.items()},
    )
    with _quiet_root_logger():
        quantiser = QDQQuantizer(
            save_and_reload_model_with_shape_infer(model),
            per_channel=True,
            reduce_range=False,
            weight_qType=QuantType.QInt8,
            activation_qType=QuantType.QUInt8,
            tensors_range=found,
            nodes_to_quantize=nodes,
            nodes_to_exclude=[],
            op_types_to_quantize=list(QUANTISED),
            extra_options={},
        )
        quantiser.quantize_model()
    quantiser.model.topological_sort()
    proto = quantiser.model.model
    proto.producer_name, proto.producer_version = "fetal-hemo", ""
    del proto.metadata_props[:]
    del proto.graph.value_info[:]
    onnx.checker.check_model(proto)
    quantised: bytes = proto.SerializeToString(deterministic=True)
    return quantised


def _with_own_inputs(graph: bytes, trunk: list[str]) -> tuple[onnx.ModelProto, dict[str, str]]:
    """The model with an Identity before the trunk, so that only the trunk reads what is quantised.

    The quantiser replaces a tensor for all of its readers: without this the quality head and the
    heart rate would read an 8-bit scalogram as well. Second, each new tensor and what it copies.
    """
    proto = onnx.load_from_string(graph)
    inside = {out for node in proto.graph.node if node.name in trunk for out in node.output}
    nodes: list[onnx.NodeProto] = []
    copies: dict[str, str] = {}
    for node in proto.graph.node:
        if node.name in trunk and node.input[0] not in inside:
            own = f"{node.name}_input"
            copies[own] = node.input[0]
            nodes.append(onnx.helper.make_node("Identity", [node.input[0]], [own], name=own))
            node.input[0] = own
        nodes.append(node)
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    return proto, copies


class _quiet_root_logger:
    """onnxruntime's quantiser warns through the root logger; a user needs none of it."""

    def __enter__(self) -> None:
        self.level = logging.getLogger().level
        logging.getLogger().setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().setLevel(self.level)
