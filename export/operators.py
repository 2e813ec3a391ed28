"""Which operators a graph may hold, and which of them work on int8."""

from __future__ import annotations

from collections import Counter
from typing import Any

import onnx

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.graph_check import OPERATORS

ONNX_DOMAINS = ("", "ai.onnx")


def require_allowed(graph: bytes, name: str, where: str) -> None:
    """Raises `FetalHemoError` E-EXPORT-GATE for an operator outside the list or external data."""
    model = onnx.load_from_string(graph)
    for node in model.graph.node:
        if node.domain not in ONNX_DOMAINS or node.op_type not in OPERATORS:
            what = f"{name} holds the operator {node.domain or 'ai.onnx'}.{node.op_type}"
            fix = (
                "say it in other operators, or add it to firmware_bridge/graph_check.py and test it"
            )
            raise FetalHemoError("E-EXPORT-GATE", what, where, fix)
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            what = f"{name} keeps {tensor.name} in another file"
            raise FetalHemoError("E-EXPORT-GATE", what, where)


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
