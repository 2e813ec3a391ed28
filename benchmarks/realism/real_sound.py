"""The real sound that there is: clips of a hand-held probe, and one long recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.heart_rate import device_rates, silent
from firmware_bridge.audio import read_audio

GOOD_CLIPS = ("quality_good", "autofhr_1")
OTHER_CLIPS = {name: f"quality_{name}" for name in ("poor", "interference", "talking", "silent")}
LONG = "luna_600s"

# Clips that are not here, as measured in lineage section 4.3 (AutoFHR samples 2 and 3). The
# variation of the beats is printed there for three clips as 0.23-0.90, not which is whose.
PUBLISHED_GOOD: dict[str, tuple[float, ...]] = {
    "f05_hz": (196.0, 199.0),
    "f50_hz": (277.0, 280.0),
    "f95_hz": (423.0, 778.0),
    "percent_below_100_hz": (0.0, 0.0),
    "envelope_depth_db": (25.0, 18.0),
    "envelope_autocorrelation": (0.87, 0.82),
    "beat_peak_variation": (0.23, 0.90),
}


def clip(folder: Path, name: str) -> np.ndarray:
    """The windows `(1, 15000)` of a clip."""
    return read_audio(folder / f"{name}.wav").windows()


def long_recording(folder: Path) -> np.ndarray:
    """Windows `(windows, 15000)` of the long recording that are alive and have a rate."""
    windows = read_audio(folder / f"{LONG}.wav").windows()
    truth = device_rates(folder / f"{LONG}_reference_fhr.csv", len(windows))
    return windows[np.isfinite(truth) & ~silent(windows)]
