"""One try at an int8 model: ranges, rounding, and what the gate says of it."""

from __future__ import annotations

import logging
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from export.gate import measure_gate
from export.graphs import export_recording_graph, export_window_graph, head_products
from export.halves import store_halves
from export.operators import require_allowed
from export.quantise import quantise, trunk_ranges
from export.runners import Device, Graphs
from export.sensitivity import by_layer, by_method, spread_out
from export.wave_tables import wave_tables
from export.waves import store_waves
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.settings_export import BEST, Export
from fetal_hemo.training.export_set import ExportSet

FloatGraphs = tuple[bytes, bytes, list[str]]


@dataclass(frozen=True)
class Candidate:
    """The graphs that would ship, and what was measured on the way to them."""

    window: bytes
    recording: bytes
    method: str
    by_method: dict[str, float]
    by_layer: dict[str, float]
    gate: dict[str, Any]


def float_graphs(model: ScreeningModel) -> FloatGraphs:
    """Window graph, recording graph, and the names of the window graph's trunk nodes."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # says only what is not installed
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside the exporter
        window, recording = Path(folder) / "window.onnx", Path(folder) / "recording.onnx"
        trunk = export_window_graph(model, window)
        export_recording_graph(model, recording)
        return window.read_bytes(), recording.read_bytes(), trunk


def make_candidate(
    trained: ScreeningModel,
    reference: FloatGraphs,
    taught: FloatGraphs,
    kept: ExportSet,
    manifest: dict[str, Any],
    settings: Export,
) -> Candidate:
    """The `Candidate` made of the `taught` graphs, judged against the trained model.

    `reference` are the trained model's own float graphs, the same as `taught` unless the trunk was
    distilled. Raises `FetalHemoError` E-EXPORT-GATE for an operator outside the list.
    """
    window, recording, trunk = taught
    windows = kept.calibration.numpy()
    ranges, some = trunk_ranges(window, trunk, windows), spread_out(windows)
    errors = by_method(window, trunk, ranges, some)
    chosen = settings.calibration
    method = min(errors, key=lambda name: errors[name]) if chosen == BEST else chosen
    small = smallest(quantise(window, trunk, ranges[method]))
    small_recording = smallest(recording)
    for name, graph in (("window.onnx", small), ("recording.onnx", small_recording)):
        require_allowed(graph, name, "the export")
    calibration = {**manifest["calibration"], "threshold": manifest["decision"]["threshold"]}
    gate = measure_gate(
        trained,
        Graphs(*reference[:2]),
        Graphs(small, small_recording),
        Device(small, small_recording, manifest),
        kept.gate,
        np.asarray(kept.women),
        calibration,
    )
    layers = by_layer(window, trunk, ranges[method], some)
    return Candidate(small, small_recording, method, errors, layers, gate)


def smallest(graph: bytes) -> bytes:
    """The graph with its tables made when it loads, and the large weights of heads in halves."""
    return store_halves(store_waves(graph, wave_tables()), head_products(graph))
