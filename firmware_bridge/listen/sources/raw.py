"""Raw 16-bit samples from standard input, as `arecord -t raw` or a script writes them."""

from __future__ import annotations

import numpy as np

from firmware_bridge.decode import check_layout
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.listen.ring import Ring
from firmware_bridge.listen.sources.descriptor import DescriptorPump
from firmware_bridge.listen.sources.source import Heard, Source

RING_S = 4


class RawSource(Source):
    """Little-endian int16 frames from a descriptor; whoever writes waits while the ring is full.

    Raises `FetalHemoError` E-SAMPLE-RATE and E-CHANNELS for a layout that no recording has.
    """

    kind = "stdin"

    def __init__(self, descriptor: int, rate_hz: int, channels: int) -> None:
        check_layout(rate_hz, channels, "standard input")
        self.rate_hz, self.channels = rate_hz, channels
        self._frame_bytes = 2 * channels
        ring = Ring(RING_S * rate_hz * self._frame_bytes)
        self._pump = DescriptorPump(descriptor, ring, "standard input")

    def start(self) -> None:
        """Begin to hear."""
        self._pump.start()

    def read(self) -> list[Heard]:
        """The whole frames since the last call."""
        waiting = self._waiting_frames
        if not waiting:
            return []
        data = self._pump.ring.take(waiting * self._frame_bytes)
        return [Heard(np.frombuffer(data, "<i2").reshape(-1, self.channels))]

    @property
    def ended(self) -> bool:
        """The writer has closed, and all whole frames have been read."""
        return self._pump.done and not self._waiting_frames

    @property
    def error(self) -> FetalHemoError | None:
        """Why standard input cannot be read any more."""
        return self._pump.error

    @property
    def waiting_s(self) -> float:
        """Seconds that wait in the ring."""
        return self._waiting_frames / (self.rate_hz or 1)

    @property
    def _waiting_frames(self) -> int:
        return self._pump.ring.waiting // self._frame_bytes

    def close(self) -> None:
        """Stop hearing and close the descriptor."""
        self._pump.close()
