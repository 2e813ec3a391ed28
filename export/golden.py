"""Inputs and outputs with which a device tests a bundle before it trusts it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from export.runners import Graphs
from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_S
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.self_test import COMPARED

SEED = 20_260  # any; the windows are simulated, so no patient's sound is in a bundle
# A device runs these at every start: two with a beat, and two of the kinds most unlike them.
KINDS = ("good", "poor", "talking", "interference")
COARSE = 128  # an 8-bit recorder: the noise of finer bits would be half of the bundle's golden part


def golden_vectors(graphs: Graphs) -> bytes:
    """The npz of simulated windows, one of each of `KINDS`, and of what the graphs say of them."""
    samples, quality = quality_windows(len(QUALITY_CLASSES), SEED)
    chosen = [int(np.argmax(quality == QUALITY_CLASSES.index(kind))) for kind in KINDS]
    stored = COARSE * (samples[chosen] * (32_767 // COARSE)).round().astype(np.int16)
    given = (stored / 32_768.0).astype(np.float32)
    start_s = (np.arange(len(KINDS)) * WINDOW_S).astype(np.float32)
    outputs = graphs.windows(given)
    arrays: dict[str, Any] = {name: outputs[name].astype(np.float32) for name in COMPARED}
    arrays["logits"] = graphs.logits(given, start_s, np.ones(len(KINDS), np.float32))
    file = io.BytesIO()
    np.savez_compressed(file, samples=stored, start_s=start_s, **arrays)
    return file.getvalue()
