"""A network of the default size with random weights and an int8 trunk."""

from __future__ import annotations

import dataclasses

import onnx
import pytest

from export.quantise import quantise_trunk
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.bundle import Bundle


@pytest.fixture(scope="session")
def random_int8(bundle: Bundle) -> Bundle:
    """The bundle with random weights, its trunks quantised."""
    graph = bundle.members["window.onnx"]
    window = quantise_trunk(graph, trunk_nodes(graph), quality_windows(60, 12)[0])
    return dataclasses.replace(bundle, members={**bundle.members, "window.onnx": window})


def trunk_nodes(graph: bytes) -> list[str]:
    """Names of the trunks' convolutions and of what follows them."""
    nodes = onnx.load_from_string(graph).graph.node
    convolutions = [n for n in nodes if n.op_type == "Conv" and ".trunk." in n.input[1]]
    made = {node.output[0] for node in convolutions}
    return [node.name for node in nodes if node in convolutions or set(node.input) & made]
