"""A sound file played as if it were live, at its own pace or another one."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from firmware_bridge.decode import open_source
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.listen.ring import Ring
from firmware_bridge.listen.sources.source import Heard, Source

RING_S = 8  # more than the 3.75 s in which files are decoded
PIECE_S = 0.05
FULL_S = 0.002


class FileSource(Source):
    """The frames of a WAV, FLAC, OGG or MP3 file, `speed` times as fast as life, or at once.

    Raises `FetalHemoError` with the codes of `open_source`; what goes wrong later is its `error`.
    """

    kind = "wav"

    def __init__(self, path: str | Path, speed: float | None = 1.0) -> None:
        self._stack = ExitStack()
        self._opened = self._stack.enter_context(open_source(path))
        self.rate_hz, self.channels = self._opened.rate_hz, self._opened.channels
        self.sha256, self.band_limit_hz = self._opened.sha256, self._opened.band_limit_hz
        self.paced = speed is not None
        self._speed = speed
        self._ring = Ring(RING_S * self.rate_hz * 4 * self.channels)
        self._stop = threading.Event()
        self._error: FetalHemoError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    def read(self) -> list[Heard]:
        """The frames played since the last call."""
        data = self._ring.take()
        if not data:
            return []
        return [Heard(np.frombuffer(data, np.float32).reshape(-1, self.channels))]

    @property
    def ended(self) -> bool:
        """The file has been played and read to its end, or it is damaged."""
        return not self._thread.is_alive() and not self._ring.waiting

    @property
    def error(self) -> FetalHemoError | None:
        """Where the file turned out to be damaged."""
        return self._error

    @property
    def waiting_s(self) -> float:
        """Seconds that were played and are not yet read."""
        return self._ring.waiting / (4 * self.channels * (self.rate_hz or 1))

    def close(self) -> None:
        """Stop playing and close the file."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._stack.close()

    def _run(self) -> None:
        started, frames = time.monotonic(), 0
        piece = max(1, int(PIECE_S * self._opened.rate_hz))
        try:
            for block in self._opened.blocks:
                for start in range(0, len(block), piece):
                    part = block[start : start + piece]
                    self._wait_until(started, frames + len(part))
                    if not self._put(np.ascontiguousarray(part)):
                        return
                    frames += len(part)
        except FetalHemoError as error:
            self._error = error

    def _wait_until(self, started: float, frames: int) -> None:
        """Nobody hears a frame before it has been played."""
        if self._speed is not None:
            due = started + frames / (self._opened.rate_hz * self._speed)
            self._stop.wait(max(0.0, due - time.monotonic()))

    def _put(self, part: np.ndarray) -> bool:
        """Whether the frames are in the ring; False when the listener has gone."""
        while not self._stop.is_set():
            if self._ring.write(part.data.cast("B")):
                return True
            self._stop.wait(FULL_S)
        return False
