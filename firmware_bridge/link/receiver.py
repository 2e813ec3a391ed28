"""Bytes from a probe, however cut and damaged -> samples in their places, and what went missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firmware_bridge.decode import check_layout
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.link.allowance import Allowance
from firmware_bridge.link.cobs import BrokenFrame
from firmware_bridge.link.frames import MAX_ENCODED, Header, Samples, decode_frame

NUMBERS = 2**32  # frame numbers start again there, after years


@dataclass
class LinkCounters:
    """What has come over a link so far, in frames; the receiver counts on."""

    good: int = 0  # of samples, each used once
    lost: int = 0  # never arrived whole; silence stands for them
    broken: int = 0  # stretches between two zeros that are no frame
    repeated: int = 0  # arrived again or too late
    early: int = 0  # before the first header
    restarts: int = 0  # the probe started again, or was away


@dataclass(frozen=True)
class Piece:
    """Samples `(time,)` int16 that follow those before; lost ones are one zero, seen many times."""

    samples: np.ndarray
    lost: bool


class LinkReceiver:
    """One probe's bytes in, its samples out; memory is that of one frame and of what is fed."""

    def __init__(self) -> None:
        self.header: Header | None = None  # the latest one that could be taken
        self.counters = LinkCounters()
        # E-SAMPLE-RATE, or E-LINK when the probe has changed its rate: nothing more is taken
        self.fault: FetalHemoError | None = None
        self._bytes = bytearray()  # since the last zero
        self._flooded = False  # more of them than any frame has
        self._next: int | None = None  # the number that the next frame should have
        self._allowance = Allowance(0)  # until the rate is known

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that end with the next bytes, any number of them; none after a fault."""
        pieces: list[Piece] = []
        *ended, rest = data.split(b"\0")
        for part in ended:
            if self.fault is None:
                self._collect(part)
                pieces += self._end_frame()
        self._collect(rest)
        return pieces

    def _collect(self, part: bytes) -> None:
        if self._flooded or len(self._bytes) + len(part) > MAX_ENCODED:
            self._flooded = True
            self._bytes.clear()
        else:
            self._bytes += part

    def _end_frame(self) -> list[Piece]:
        stuffed, flooded = bytes(self._bytes), self._flooded
        self._bytes.clear()
        self._flooded = False
        if not stuffed and not flooded:
            return []  # zeros between frames are allowed
        frame = None if flooded else _decoded(stuffed)
        if isinstance(frame, Header):
            return self._take_header(frame)
        if frame is None or self._is_of_another_size(frame):
            self._count("broken")
            return []
        return self._take(frame)

    def _is_of_another_size(self, frame: Samples) -> bool:
        return self.header is not None and len(frame.samples) != self.header.frame_samples

    def _take_header(self, header: Header) -> list[Piece]:
        before = self.header
        self.fault = _fault(before, header)
        if self.fault is not None:
            return []
        silence: list[Piece] = []
        if before is None:
            self._allowance = Allowance(header.rate_hz)
        elif (before.session, before.frame_samples) != (header.session, header.frame_samples):
            silence = self._restart()  # of a frame as they were
        self.header = header
        return silence

    def _take(self, frame: Samples) -> list[Piece]:
        if self.header is None:
            self._count("early")
            return []
        ahead = 0 if self._next is None else (frame.number - self._next) % NUMBERS
        if ahead >= NUMBERS // 2:
            self._count("repeated")
            return []
        self._count("good")
        self._allowance.arrived(len(frame.samples))
        believed = self._allowance.takes(ahead * len(frame.samples))
        before = self._silence(ahead) if believed else self._restart()
        self._next = (frame.number + 1) % NUMBERS
        return [*before, Piece(frame.samples, lost=False)]

    def _restart(self) -> list[Piece]:
        """What came before and what comes next do not join: one frame of silence is between."""
        silence = self._silence(1) if self._next is not None else []
        self._next = None
        self._count("restarts")
        return silence

    def _silence(self, frames: int) -> list[Piece]:
        if not frames or self.header is None:
            return []
        self._count("lost", frames)
        zeros = np.broadcast_to(np.int16(0), frames * self.header.frame_samples)
        return [Piece(zeros, lost=True)]

    def _count(self, name: str, frames: int = 1) -> None:
        setattr(self.counters, name, getattr(self.counters, name) + frames)


def _decoded(stuffed: bytes) -> Header | Samples | None:
    try:
        return decode_frame(stuffed)
    except BrokenFrame:
        return None


def _fault(before: Header | None, header: Header) -> FetalHemoError | None:
    """Why nothing after this header can be taken, if so."""
    if before is not None and header.rate_hz != before.rate_hz:
        what = f"the probe went from {before.rate_hz} to {header.rate_hz} Hz"
        return FetalHemoError("E-LINK", what, "the probe", "start again")
    try:
        check_layout(header.rate_hz, 1, "the probe")
    except FetalHemoError as error:
        return error
    return None
