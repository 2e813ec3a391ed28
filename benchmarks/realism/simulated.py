"""Simulated windows of many women, with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.heart_rate import true_rates, whole_windows
from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.simulate.recording import simulate_recording

SEED = 7_007  # of no other set


@dataclass(frozen=True)
class SimulatedWindows:
    """`windows` (windows, 15000); of each `(windows,)` quality, woman, true rate and carrier."""

    windows: np.ndarray
    quality: np.ndarray
    woman: np.ndarray
    true_bpm: np.ndarray
    carrier_mhz: np.ndarray

    def of_quality(self, name: str) -> np.ndarray:
        """Flags `(windows,)` of a quality class."""
        return np.asarray(self.quality == QUALITY_CLASSES.index(name))


def simulated_windows(recordings: int, minutes: float) -> SimulatedWindows:
    """One recording of each of so many women, each of another cohort, so that units differ."""
    parts = []
    for woman in range(recordings):
        recording = simulate_recording(SEED + woman, woman, 0, minutes=minutes)
        windows, _ = whole_windows(recording)
        who = np.full(len(windows), woman)
        carrier = np.full(len(windows), recording.device.carrier_mhz)
        parts.append((windows, recording.quality, who, true_rates(recording), carrier))
    return SimulatedWindows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
