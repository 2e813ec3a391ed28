"""The gate: the exported graphs must say what the trained model says, or there is no bundle."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import torch

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import WindowOutput
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.settings import Export
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.calibrate import probability_of
from fetal_hemo.training.scoring import positive_margin
from firmware_bridge.runtime import session

Logits = np.ndarray


class Graphs:
    """A window graph and a recording graph in the sessions that a device makes of them."""

    def __init__(self, window: bytes, recording: bytes) -> None:
        self.window = session(window, "window.onnx", "the export")
        self.recording = session(recording, "recording.onnx", "the export")

    def windows(self, samples: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs of the window graph by name for `(windows, 15000)`."""
        return _run(self.window, {"samples": samples})

    def logits(self, samples: np.ndarray, start_s: np.ndarray, mask: np.ndarray) -> Logits:
        """Class logits `(4,)` of one recording."""
        views = self.windows(samples)["view_embeddings"]
        given = {
            "view_embeddings": views,
            "start_s": start_s,
            "view_mask": np.ones(views.shape[:2], np.float32),
            "window_mask": mask,
        }
        return _run(self.recording, given)["logits"]


def _run(graph: onnxruntime.InferenceSession, given: dict[str, np.ndarray]) -> dict[str, Any]:
    names = [output.name for output in graph.get_outputs()]
    return dict(zip(names, graph.run(names, given), strict=True))


@torch.no_grad()
def torch_logits(
    model: ScreeningModel, samples: np.ndarray, start_s: np.ndarray, mask: np.ndarray
) -> Logits:
    """Class logits `(4,)` of one recording, by the trained model itself."""
    views: WindowOutput = model.encode_windows(torch.from_numpy(samples))
    every = torch.ones(1, *views.view_embeddings.shape[:2])
    start, masked = torch.from_numpy(start_s)[None], torch.from_numpy(mask)[None]
    return (
        model.encode_recording(views.view_embeddings[None], start, every, masked).logits[0].numpy()
    )


def measure_gate(
    model: ScreeningModel,
    in_float: Graphs,
    in_int8: Graphs,
    visits: Batch,
    calibration: dict[str, Any],
) -> dict[str, Any]:
    """Largest logit differences, label flips and probability difference over the visits."""
    rows = []
    for samples, start_s, mask in zip(
        visits.samples, visits.start_s, visits.window_mask, strict=True
    ):
        given = [x[mask > 0].numpy() for x in (samples, start_s, mask)]
        rows.append((torch_logits(model, *given), in_float.logits(*given), in_int8.logits(*given)))
    trained, floats, ints = (np.stack(column) for column in zip(*rows, strict=True))
    before, after = (_probability(logits, calibration) for logits in (floats, ints))
    threshold = calibration["threshold"]
    return {
        "recordings": len(rows),
        "float_logit_max_abs": float(np.abs(trained - floats).max()),
        "int8_logit_max_abs": float(np.abs(floats - ints).max()),
        "int8_probability_max_abs": float(np.abs(before - after).max()),
        "label_flip_share": float(((before >= threshold) != (after >= threshold)).mean()),
    }


def _probability(logits: np.ndarray, calibration: dict[str, Any]) -> np.ndarray:
    margins = positive_margin(torch.from_numpy(logits.astype(np.float64))).numpy()
    return probability_of(margins, calibration["slope"], calibration["intercept"])


def require_gate(measured: dict[str, Any], limits: Export, where: str) -> None:
    """Raises `FetalHemoError` E-EXPORT-GATE naming the first figure beyond its limit.

    A figure that is missing or no number fails as well; there is no way around the gate.
    """
    for name, limit in (
        ("float_logit_max_abs", limits.float_logit_tolerance),
        ("int8_logit_max_abs", limits.int8_logit_tolerance),
        ("label_flip_share", limits.max_label_flip_share),
    ):
        value = measured.get(name, np.nan)
        if not value <= limit:
            what = f"{name} is {value:.3g}, allowed {limit:g}"
            fix = "train longer, or change [export] in the recipe and say so"
            raise FetalHemoError("E-EXPORT-GATE", what, where, fix)
