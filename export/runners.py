"""The four that must agree: trained model, float graph, int8 graph, and the device's own code."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import torch

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import WindowOutput
from firmware_bridge.bundle import Bundle
from firmware_bridge.decide import calibrated_probability
from firmware_bridge.runtime import RecordingRunner, WindowOutputs, WindowRunner, session

Logits = np.ndarray


class Graphs:
    """A window graph and a recording graph in the sessions that a device makes of them."""

    def __init__(self, window: bytes, recording: bytes) -> None:
        self.window = session(window, "window.onnx", "the export")
        self.recording = session(recording, "recording.onnx", "the export")

    def windows(self, samples: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs of the window graph by name for `(windows, 15000)`, each run alone.

        As a device does: in a batch sums round otherwise, and one byte at a trunk's entrance moves.
        """
        parts = [_run(self.window, {"samples": samples[i : i + 1]}) for i in range(len(samples))]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

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


def torch_answer(
    model: ScreeningModel, samples: np.ndarray, start_s: np.ndarray, mask: np.ndarray
) -> tuple[Logits, WindowOutput]:
    """Logits `(4,)` of one recording, and what the trained model says of each window."""
    with torch.no_grad():
        views: WindowOutput = model.encode_windows(torch.from_numpy(samples))
        every = torch.ones(1, *views.view_embeddings.shape[:2])
        start, masked = torch.from_numpy(start_s)[None], torch.from_numpy(mask)[None]
        judged = model.encode_recording(views.view_embeddings[None], start, every, masked)
    return judged.logits[0].numpy(), views


class Device:
    """The device's own wrapper around two graphs, with a manifest's calibration."""

    def __init__(self, window: bytes, recording: bytes, manifest: dict[str, Any]) -> None:
        members = {"window.onnx": window, "recording.onnx": recording}
        draft = Bundle(manifest, members, "", 0, "the export")
        self.window, self.recording = WindowRunner(draft), RecordingRunner(draft)
        self.manifest = manifest

    def say(self, samples: np.ndarray, start_s: np.ndarray) -> tuple[float, WindowOutputs]:
        """Probability from a recording's usable windows, and what it says of each window."""
        outputs = self.window.run(samples)
        judged = self.recording.run(outputs.view_embeddings, np.ones(len(samples)), start_s)
        return calibrated_probability(judged.logits, self.manifest), outputs
