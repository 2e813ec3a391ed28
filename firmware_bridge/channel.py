"""One channel on its way in: checked, metered for clipping and resampled to 4 kHz."""

from __future__ import annotations

import math

import numpy as np
import soxr

from firmware_bridge.clipping import ClippingMeter
from firmware_bridge.constants import SAMPLE_RATE_HZ
from firmware_bridge.errors import FetalHemoError

INT16_SCALE = 32_768.0
LARGEST_FLOAT = 1.5  # float audio beyond this holds int16 values


class Channel:
    """Collects the blocks of one channel; memory follows the 4 kHz copy, not the source."""

    def __init__(self, rate_hz: int, where: str) -> None:
        self._where = where
        self._clipping = ClippingMeter()
        self._pieces: list[np.ndarray] = []
        self._low, self._high = math.inf, -math.inf
        self._resampler = None
        if rate_hz != SAMPLE_RATE_HZ:
            self._resampler = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32")

    def push(self, block: np.ndarray) -> None:
        """Take the next samples `(time,)`, one window of source; raises E-NOT-FINITE."""
        low, high = float(block.min()), float(block.max())  # NaN comes through both
        if not (math.isfinite(low) and math.isfinite(high)):
            raise FetalHemoError("E-NOT-FINITE", "samples that are no numbers", self._where)
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._clipping.add(block, low, high)
        self._keep(block, last=False)

    def finish(self) -> None:
        """Let the resampler's last samples out."""
        self._keep(np.zeros(0, np.float32), last=True)

    def _keep(self, block: np.ndarray, last: bool) -> None:
        if self._resampler is not None:
            block = self._resampler.resample_chunk(np.ascontiguousarray(block), last=last)
        if block.size:
            self._pieces.append(block.copy())  # a view would keep the larger array it is part of

    @property
    def is_constant(self) -> bool:
        """Whether every sample so far has the same value."""
        return self._low == self._high

    def samples(self) -> np.ndarray:
        """The `(time,)` float32 samples so far at 4 kHz, in about -1 to 1."""
        if not self._pieces:
            return np.zeros(0, np.float32)
        joined = np.concatenate(self._pieces)
        if max(-self._low, self._high) > LARGEST_FLOAT:
            joined /= np.float32(INT16_SCALE)
        return joined

    def clipped_share(self) -> np.ndarray:
        """The `(windows,)` clipped shares of the windows so far, a last part window included."""
        return self._clipping.shares()
