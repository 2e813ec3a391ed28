"""A probe that speaks the link's protocol, on a serial port or through standard input."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby

import numpy as np

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.link.receiver import LinkReceiver
from firmware_bridge.listen.ring import Ring
from firmware_bridge.listen.sources.descriptor import DescriptorPump
from firmware_bridge.listen.sources.source import Heard, Source

RING_BYTES = 2**20  # two minutes at 115,200 baud
READ_BYTES = 2**14  # a second of them; the samples of all would take many times the ring


class ProbeSource(Source):
    """Frames of one probe from a descriptor that gives its bytes."""

    def __init__(self, kind: str, descriptor: int, where: str) -> None:
        self.kind = kind
        self._receiver = LinkReceiver()
        self._pump = DescriptorPump(descriptor, Ring(RING_BYTES), where)

    def start(self) -> None:
        """Begin to hear."""
        self._pump.start()

    def read(self) -> list[Heard]:
        """The next samples that have come; all that follow each other are one piece."""
        pieces = self._receiver.feed(self._pump.ring.take(READ_BYTES))
        header = self._receiver.header
        if header is not None:
            self.rate_hz, self.gain_db = header.rate_hz, header.gain_db
        return [
            _joined([piece.samples for piece in run], lost)
            for lost, run in groupby(pieces, key=lambda piece: piece.lost)
        ]

    @property
    def ended(self) -> bool:
        """The port has gone and all that came from it has been read, or the link is at fault."""
        if self._receiver.fault is not None:
            return True
        return self._pump.done and not self._pump.ring.waiting

    @property
    def error(self) -> FetalHemoError | None:
        """A fault of the link, or why the port cannot be read any more."""
        return self._receiver.fault or self._pump.error

    @property
    def waiting_s(self) -> float:
        """Seconds that wait in the ring; stuffing and checksums count as sound."""
        return 0.0 if self.rate_hz is None else self._pump.ring.waiting / (2 * self.rate_hz)

    def counters(self) -> dict[str, int]:
        """Frames of the link: lost, broken, repeated, and so on."""
        return asdict(self._receiver.counters)

    def close(self) -> None:
        """Stop hearing and close the port."""
        self._pump.close()


def _joined(parts: list[np.ndarray], lost: bool) -> Heard:
    """Parts that follow each other as one; lost ones stay without memory."""
    if lost:
        return Heard.silence(sum(map(len, parts)))
    return Heard(np.concatenate(parts)[:, None])
