"""One channel on its way in: checked, metered for clipping and resampled to 4 kHz."""

from __future__ import annotations

import math

import numpy as np
import soxr

from firmware_bridge.clipping import ClippingMeter
from firmware_bridge.constants import INT16_SCALE, LARGEST_FLOAT, SAMPLE_RATE_HZ
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.growing import Growing

LOUDEST = 1e12  # beyond every scale in use; float32 squares in the graphs hold up to 1e19


class Channel:
    """Collects one channel, in pieces of any size; memory follows the 4 kHz copy."""

    def __init__(self, rate_hz: int, where: str) -> None:
        self._where = where
        self._clipping = ClippingMeter()
        self._window: list[np.ndarray] = []  # the pieces of the window that is being filled
        self._kept = Growing()
        self.forgotten = 0  # samples at 4 kHz that were let go
        self._low, self._high = math.inf, -math.inf
        self._resampler = None
        if rate_hz != SAMPLE_RATE_HZ:
            self._resampler = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32")

    def push(self, piece: np.ndarray) -> None:
        """Take the next samples `(time,)`, at least one; raises E-NOT-FINITE."""
        low, high = float(piece.min()), float(piece.max())  # NaN comes through both
        if not (math.isfinite(low) and math.isfinite(high)):
            raise FetalHemoError("E-NOT-FINITE", "samples that are no numbers", self._where)
        if max(-low, high) > LOUDEST:
            what = f"samples as large as {max(-low, high):.0e}, which is no sound"
            raise FetalHemoError("E-NOT-FINITE", what, self._where, "export it again")
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._window.append(piece)
        self._keep(piece, last=False)

    def end_window(self) -> None:
        """The pieces since the last call are one window of source: meter it for clipping."""
        window = self._window[0] if len(self._window) == 1 else np.concatenate(self._window)
        self._clipping.add(window, float(window.min()), float(window.max()))
        self._window = []

    def finish(self) -> None:
        """Meter the part of a window at the end, and let the resampler's last samples out."""
        if self._window:
            self.end_window()
        self._keep(np.zeros(0, np.float32), last=True)

    def _keep(self, piece: np.ndarray, last: bool) -> None:
        if self._resampler is not None:
            piece = self._resampler.resample_chunk(np.ascontiguousarray(piece), last=last)
        self._kept.append(piece)

    @property
    def is_constant(self) -> bool:
        """Whether every sample so far has the same value."""
        return self._low == self._high

    @property
    def scale(self) -> np.float32:
        """What brings the samples so far to about -1 to 1."""
        peak = max(-self._low, self._high)
        return np.float32(1.0 / INT16_SCALE if peak > LARGEST_FLOAT else 1.0)

    @property
    def count(self) -> int:
        """How many samples are kept so far at 4 kHz."""
        return len(self._kept)

    def take(self, count: int) -> np.ndarray:
        """A copy of the next `count` samples, which are then let go; the scale must be final."""
        taken = self.samples(0, count).copy()
        self._kept.drop(count)
        self.forgotten += count
        return taken

    def samples(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """The `(time,)` float32 samples kept so far at 4 kHz, or some, in about -1 to 1."""
        found = self._kept.view(start, stop)
        return found if self.scale == 1.0 else found * self.scale

    def clipped_share(self) -> np.ndarray:
        """The `(windows,)` clipped shares of the windows so far."""
        return self._clipping.shares()
