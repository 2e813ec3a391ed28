"""Does the bundle give its own golden outputs on this machine?"""

from __future__ import annotations

import numpy as np

from firmware_bridge.bundle import Bundle
from firmware_bridge.constants import INT16_SCALE
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.runtime import RecordingRunner, WindowRunner

# The other outputs are what these are made of.
COMPARED = (
    *("view_embeddings", "quality"),
    *("heart_rate_bpm", "heart_rate_confidence", "dead_share"),
)


def self_test(bundle: Bundle, windows: WindowRunner, recording: RecordingRunner) -> float:
    """The largest difference to the golden outputs, in the outputs' own units.

    Heart rates are compared relative to 100 bpm, so that one tolerance fits all outputs.
    Raises `FetalHemoError` E-BUNDLE-SELF-TEST beyond the manifest's tolerance, E-BUNDLE-FORMAT.
    """
    golden = bundle.golden()
    found = _outputs(golden, windows, recording, bundle.where)
    differences = []
    for name, value in found.items():
        expected = _array(golden, name, bundle.where)
        if value.shape != expected.shape:
            raise _failed(f"{name} has another shape than its golden values", bundle.where)
        scale = 100.0 if name == "heart_rate_bpm" else 1.0
        differences.append(np.abs(value - expected).max(initial=0.0) / scale)
    worst = float(np.max(differences))  # NaN comes through, and fails below
    tolerance = bundle.manifest["tolerances"]["golden_abs"]
    if not worst <= tolerance:
        raise _failed(f"golden outputs differ by {worst:.2g}, allowed {tolerance:g}", bundle.where)
    return worst


def _outputs(
    golden: dict[str, np.ndarray], windows: WindowRunner, recording: RecordingRunner, where: str
) -> dict[str, np.ndarray]:
    samples, start_s = _array(golden, "samples", where), _array(golden, "start_s", where)
    if samples.ndim != 2 or not len(samples) or start_s.shape != samples.shape[:1]:
        raise FetalHemoError("E-BUNDLE-FORMAT", "golden.npz has the wrong shapes", where)
    outputs = windows.run((samples / INT16_SCALE).astype(np.float32))
    every_window = np.ones(len(samples))
    judged = recording.run(outputs.view_embeddings, every_window, start_s)
    return {**{name: getattr(outputs, name) for name in COMPARED}, "logits": judged.logits}


def _array(golden: dict[str, np.ndarray], name: str, where: str) -> np.ndarray:
    if name not in golden or golden[name].dtype.kind not in "iuf":
        raise FetalHemoError("E-BUNDLE-FORMAT", f"golden.npz lacks {name}", where)
    return golden[name]


def _failed(what: str, where: str) -> FetalHemoError:
    return FetalHemoError("E-BUNDLE-SELF-TEST", what, where, "do not use it on this machine")
