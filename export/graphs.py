"""Trained model -> two float ONNX graphs, stripped of paths and source lines."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from fetal_hemo.constants import VIEWS, WINDOW_SAMPLES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import RecordingOutput, WindowOutput
from fetal_hemo.errors import FetalHemoError

OPSET = 20
SCOPE = "pkg.torch.onnx.name_scopes"  # which torch module a node came from
# Matrix products with these modules' constants are signal processing; all others are heads.
UNLEARNED = ("model.front_end", "model.quality")
HEAD = "head_"  # begins the name of a matrix product of attention, fusion or classifier
MAX_WINDOWS = 4_096  # upper bound of the dynamic axis; the bundle's own limit is lower


class WindowGraph(nn.Module):
    """Samples `(windows, 15000)` -> the fields of `WindowOutput`."""

    def __init__(self, model: ScreeningModel):
        super().__init__()
        self.model = model

    def forward(self, samples: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.model.encode_windows(samples))


class RecordingGraph(nn.Module):
    """One recording's window embeddings, times and masks -> the fields of `RecordingOutput`."""

    def __init__(self, model: ScreeningModel):
        super().__init__()
        self.model = model

    def forward(
        self, view_embeddings: Tensor, start_s: Tensor, view_mask: Tensor, window_mask: Tensor
    ) -> tuple[Tensor, ...]:
        batch = (x.unsqueeze(0) for x in (view_embeddings, start_s, view_mask, window_mask))
        return tuple(x.squeeze(0) for x in self.model.encode_recording(*batch))


def export_window_graph(model: ScreeningModel, path: Path) -> list[str]:
    """Names of the nodes that may be quantised; writes the float graph to `path`."""
    example = torch.randn(3, WINDOW_SAMPLES) * 0.1
    windows = torch.export.Dim("windows", min=1, max=MAX_WINDOWS)
    proto = _export(
        WindowGraph(model), {"samples": example}, {"samples": {0: windows}}, WindowOutput._fields
    )
    trunk = [n.name for n in proto.graph.node if ".trunk." in _scope(n)]
    _write(proto, path)
    return trunk


def export_recording_graph(model: ScreeningModel, path: Path) -> None:
    """Write the float graph from window embeddings to the blood-pressure class to `path`."""
    count, size = 5, model.size.embedding
    example = {
        "view_embeddings": torch.randn(count, len(VIEWS), size),
        "start_s": torch.arange(count) * 3.75,
        "view_mask": torch.ones(count, len(VIEWS)),
        "window_mask": torch.ones(count),
    }
    windows = torch.export.Dim("windows", min=1, max=MAX_WINDOWS)
    shapes = {name: {0: windows} for name in example}
    _write(_export(RecordingGraph(model), example, shapes, RecordingOutput._fields), path)


def _export(
    graph: nn.Module,
    example: dict[str, Tensor],
    dynamic_shapes: dict[str, dict[int, torch.export.Dim]],
    outputs: tuple[str, ...],
) -> onnx.ModelProto:
    program = torch.onnx.export(
        graph.eval(),
        kwargs=example,
        dynamo=True,
        dynamic_shapes=dynamic_shapes,
        input_names=list(example),
        output_names=list(outputs),
        opset_version=OPSET,
        external_data=False,
        verbose=False,
    )
    assert program is not None  # only None when an output file is given
    proto = program.model_proto
    versions = [o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")]
    if versions != [OPSET]:  # the exporter falls back to another opset without a word
        raise FetalHemoError("E-EXPORT-GATE", f"exported opset {versions}, asked for {OPSET}")
    return proto


def head_products(graph: bytes) -> list[str]:
    """Names of the nodes of a graph that multiply with learned weights outside the trunk."""
    nodes = onnx.load_from_string(graph).graph.node
    return [node.name for node in nodes if node.name.startswith(HEAD)]


def _scope(node: onnx.NodeProto) -> str:
    return next((p.value for p in node.metadata_props if p.key == SCOPE), "")


def _write(proto: onnx.ModelProto, path: Path) -> None:
    """Write without the traces the exporter leaves: file paths, source lines, shapes of ours."""
    for node in proto.graph.node:
        if node.op_type in ("MatMul", "Gemm") and not any(u in _scope(node) for u in UNLEARNED):
            node.name = HEAD + node.name
        del node.metadata_props[:]
        node.doc_string = ""
    for holder in (proto, proto.graph):
        del holder.metadata_props[:]
        holder.doc_string = ""
    for value in (*proto.graph.input, *proto.graph.output, *proto.graph.initializer):
        del value.metadata_props[:]
    del proto.graph.value_info[:]
    onnx.checker.check_model(proto)
    path.write_bytes(proto.SerializeToString(deterministic=True))
