"""What 8 bits do to the embeddings: by the rule that sets the ranges, and layer by layer."""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray

from export.quantise import quantise
from export.ranges import Range
from firmware_bridge.runtime import session

WINDOWS = 64  # of calibration, spread over all: the order of layers needs no more
BLOCK = 16

Windows = NDArray[np.float32]


def by_method(
    graph: bytes, trunk: list[str], ranges: dict[str, dict[str, Range]], windows: Windows
) -> dict[str, float]:
    """Relative error of the view embeddings with the whole trunk in int8, for each method."""
    wanted = embeddings(graph, windows)
    return {
        method: relative_error(embeddings(quantise(graph, trunk, found), windows), wanted)
        for method, found in ranges.items()
    }


def by_layer(
    graph: bytes, trunk: list[str], ranges: dict[str, Range], windows: Windows
) -> dict[str, float]:
    """Relative error of the view embeddings with one convolution alone in int8, by its name."""
    wanted = embeddings(graph, windows)
    return {
        name: relative_error(embeddings(quantise(graph, nodes, ranges), windows), wanted)
        for name, nodes in layers(graph, trunk).items()
    }


def layers(graph: bytes, trunk: list[str]) -> dict[str, list[str]]:
    """The convolutions of the trunk by the name of their weight, each with its ReLU's node."""
    nodes = [node for node in onnx.load_from_string(graph).graph.node if node.name in trunk]
    readers = {name: node for node in nodes for name in node.input}
    found = {}
    for node in nodes:
        if node.op_type == "Conv":
            after = readers.get(node.output[0])
            with_relu = [after.name] if after is not None and after.op_type == "Relu" else []
            name = node.input[1].removeprefix("model.views.").removesuffix(".weight")
            found[name] = [node.name, *with_relu]
    return found


def embeddings(graph: bytes, windows: Windows) -> Windows:
    """View embeddings `(windows, views, embedding)` of a window graph."""
    run = session(graph, "window.onnx", "the export")
    blocks = np.array_split(windows, max(1, len(windows) // BLOCK))
    return np.concatenate([run.run(["view_embeddings"], {"samples": b})[0] for b in blocks])


def relative_error(found: Windows, wanted: Windows) -> float:
    """Root of the summed squared differences over that of the wanted values."""
    return float(np.linalg.norm(found - wanted) / max(float(np.linalg.norm(wanted)), 1e-12))


def spread_out(windows: Windows) -> Windows:
    """At most `WINDOWS` of the windows, evenly over all."""
    at = np.linspace(0, len(windows) - 1, min(WINDOWS, len(windows))).round().astype(int)
    return np.ascontiguousarray(windows[at])
