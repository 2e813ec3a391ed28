"""A real fetal rhythm: a rate sampled by a CTG device, or the times of beats.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import median_filter

from fetal_hemo.recordings.public.source import RATE_HZ

BELIEVED_BPM = (50.0, 210.0)  # S: 50-200 is usual for CTU-UHB; I: 210, as the simulator allows
JUMP_BPM = 25.0  # S: Bernardes 1991 takes a larger step between neighbours for a false one
# I: neighbours on each side whose median a rate is held against. Halving lasts a few seconds.
REACH = {"rate": 10, "beats": 5}


@dataclass(frozen=True, eq=False)
class Series:
    """`values` (time,) of a `rate` are bpm at 4 Hz with NaN where lost, of `beats` seconds."""

    kind: Literal["rate", "beats"]
    values: np.ndarray

    @property
    def seconds(self) -> float:
        """How long it lasts; beats begin with the first."""
        if self.kind == "rate":
            return len(self.values) / RATE_HZ
        return float(self.values[-1] - self.values[0])

    def bpm(self) -> np.ndarray:
        """The rate `(time,)` at 4 Hz, NaN where it is lost or not to be believed."""
        if self.kind == "rate":
            return np.where(believed(self.values, REACH["rate"]), self.values, np.nan)
        rate = np.where(believed_intervals(self.values), 60.0 / np.diff(self.values), np.nan)
        grid = self.values[0] + np.arange(int(self.seconds * RATE_HZ)) / RATE_HZ
        return np.asarray(rate[np.searchsorted(self.values, grid, side="right") - 1])


def believed(bpm: np.ndarray, reach: int) -> np.ndarray:
    """Flags `(values,)`: a fetal rate, and within 25 bpm of the median of those around it."""
    flags = (bpm >= BELIEVED_BPM[0]) & (bpm <= BELIEVED_BPM[1])
    at = np.flatnonzero(flags)
    if len(at):
        usual = median_filter(bpm[at], size=2 * reach + 1, mode="nearest")
        flags[at] = np.abs(bpm[at] - usual) <= JUMP_BPM
    return flags


def believed_intervals(beats_s: np.ndarray) -> np.ndarray:
    """Flags `(beats - 1,)` of intervals that are believed and whose neighbours are.

    A beat at the end of a false interval may itself be false, so the next one falls too.
    """
    flags = believed(60.0 / np.diff(beats_s), REACH["beats"])
    beside = np.pad(flags, 1, mode="edge")
    return np.asarray(beside[:-2] & flags & beside[2:])
