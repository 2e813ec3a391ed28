"""Float window graph -> the same graph with an int8 convolutional trunk."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

BLOCK = 16
CONVOLUTIONS = ("Conv",)


class WindowReader(CalibrationDataReader):
    """Hands windows `(windows, 15000)` to the calibrator, a block at a time."""

    def __init__(self, windows: np.ndarray) -> None:
        self.blocks: Iterator[np.ndarray] = iter(
            np.array_split(windows, max(1, len(windows) // BLOCK))
        )

    def get_next(self) -> dict[str, np.ndarray]:
        """The next block by input name; None ends the calibration."""
        block = next(self.blocks, None)
        return None if block is None else {"samples": block}  # type: ignore[return-value]


def quantise_trunk(graph: bytes, trunk: list[str], windows: np.ndarray) -> bytes:
    """The graph with the convolutions among the `trunk` nodes in int8, the rest left in float.

    Weights signed, symmetric and per channel; activations unsigned with the range that
    `windows` (windows, 15000), of training women, span. The front end stays float: quantising
    it destroys the result (the dynamic range of a filterbank does not fit 8 bits).
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        source.write_bytes(_with_own_inputs(graph, trunk))
        with _quiet_root_logger():
            quantize_static(
                str(source),
                str(target),
                WindowReader(windows),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=[*CONVOLUTIONS, "Relu"],
                nodes_to_quantize=trunk,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
        proto = onnx.load(str(target))
    proto.producer_name, proto.producer_version = "fetal-hemo", ""
    del proto.metadata_props[:]
    onnx.checker.check_model(proto)
    return proto.SerializeToString(deterministic=True)


def _with_own_inputs(graph: bytes, trunk: list[str]) -> bytes:
    """The graph with an Identity before the trunk, so that only the trunk reads what is quantised.

    The quantiser replaces a tensor for all of its readers: without this the quality head and the
    heart rate would read an 8-bit scalogram as well.
    """
    proto = onnx.load_from_string(graph)
    inside = {out for node in proto.graph.node if node.name in trunk for out in node.output}
    nodes: list[onnx.NodeProto] = []
    for node in proto.graph.node:
        if node.name in trunk and node.input[0] not in inside:
            own = f"{node.name}_input"
            nodes.append(onnx.helper.make_node("Identity", [node.input[0]], [own], name=own))
            node.input[0] = own
        nodes.append(node)
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    return proto.SerializeToString()


def describe_operators(graph: bytes) -> dict[str, Any]:
    """Which operators of a graph work on int8 and which on float, as counts by type."""
    proto = onnx.load_from_string(graph)
    makers = {output: node for node in proto.graph.node for output in node.output}
    kinds: dict[str, Counter[str]] = {"int8": Counter(), "float": Counter()}
    for node in proto.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            continue
        first = makers.get(node.input[0]) if node.input else None
        dequantised = first is not None and first.op_type == "DequantizeLinear"
        kinds["int8" if dequantised else "float"][node.op_type] += 1
    return {kind: dict(sorted(counts.items())) for kind, counts in kinds.items()}


class _quiet_root_logger:
    """onnxruntime's quantiser warns through the root logger; a user needs none of it."""

    def __enter__(self) -> None:
        self.level = logging.getLogger().level
        logging.getLogger().setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().setLevel(self.level)
