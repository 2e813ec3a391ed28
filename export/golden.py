"""Inputs and outputs with which a device tests a bundle before it trusts it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from export.gate import Graphs
from fetal_hemo.constants import WINDOW_S
from fetal_hemo.simulate.quality import quality_windows

SEED = 20_260  # any; the windows are simulated, so no patient's sound is in a bundle
WINDOWS = 5  # one of each quality
NAMES = ("view_embeddings", "quality", "heart_rate_bpm", "heart_rate_confidence", "dead_share")


def golden_vectors(graphs: Graphs) -> bytes:
    """The npz of five simulated windows and of what the graphs say of them."""
    samples, _ = quality_windows(WINDOWS, SEED)
    stored = (samples * 32_767).round().astype(np.int16)
    given = (stored / 32_768.0).astype(np.float32)
    start_s = (np.arange(WINDOWS) * WINDOW_S).astype(np.float32)
    outputs = graphs.windows(given)
    arrays: dict[str, Any] = {name: outputs[name].astype(np.float32) for name in NAMES}
    arrays["logits"] = graphs.logits(given, start_s, np.ones(WINDOWS, np.float32))
    file = io.BytesIO()
    np.savez_compressed(file, samples=stored, start_s=start_s, **arrays)
    return file.getvalue()
