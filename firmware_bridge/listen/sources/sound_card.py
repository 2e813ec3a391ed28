"""A microphone or line input by PortAudio, where the package `sounddevice` is installed."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.listen.ring import Ring
from firmware_bridge.listen.sources.source import Heard, Source

RATES_HZ = (8_000, 16_000, 44_100, 48_000)  # the lowest that the card offers
RING_S = 30
RECORD = struct.Struct("<II")  # frames dropped before a block, bytes of the block


class BlockRing:
    """Blocks of int16 from the card's callback, which may not wait: what does not fit is counted.

    A record before each block says how many frames were dropped there.
    """

    def __init__(self, rate_hz: int) -> None:
        self.ring = Ring(RING_S * rate_hz * 2)
        self.dropped = 0  # frames ever, by the callback alone
        self._owed = 0  # frames dropped since the last block that fitted
        self._record = bytearray(RECORD.size)
        self._taken = b""  # by the listener, not yet a whole block

    def callback(self, block: Any, frames: int, _time: Any, status: Any) -> None:
        """PortAudio's: a buffer of int16, how many frames, and whether some were lost before.

        How many the card itself has lost is not said; one block of silence stands for them.
        """
        if status and status.input_overflow:
            self._drop(frames)
        if self.ring.free < RECORD.size + 2 * frames:
            self._drop(frames)
            return
        RECORD.pack_into(self._record, 0, self._owed, frames)
        self.ring.write(self._record)
        self.ring.write(memoryview(block).cast("B"))
        self._owed = 0

    def _drop(self, frames: int) -> None:
        self._owed += frames
        self.dropped += frames

    def read(self) -> list[Heard]:
        """The whole blocks since the last call, silence where frames were dropped."""
        self._taken += self.ring.take()
        heard: list[Heard] = []
        while len(self._taken) >= RECORD.size:
            dropped, frames = RECORD.unpack_from(self._taken)
            end = RECORD.size + 2 * frames
            if len(self._taken) < end:
                break
            if dropped:
                heard.append(Heard.silence(dropped))
            heard.append(Heard(np.frombuffer(self._taken[RECORD.size : end], np.int16)[:, None]))
            self._taken = self._taken[end:]
        return heard


class CardSource(Source):
    """One channel of the default input, or of the one that `name` is part of.

    Raises `FetalHemoError` E-NEEDS-EXTRA without sounddevice or PortAudio, E-SOURCE without such
    an input.
    """

    kind = "sounddevice"

    def __init__(self, name: str | None = None) -> None:
        sounddevice = _sounddevice()
        where = name or "the default input"
        try:
            self.rate_hz = _rate(sounddevice, name)
            self._blocks = BlockRing(self.rate_hz)
            self._stream = sounddevice.RawInputStream(
                samplerate=self.rate_hz,
                channels=1,
                dtype="int16",
                device=name,
                callback=self._blocks.callback,
            )
        except (sounddevice.PortAudioError, ValueError) as error:
            what = f"no such sound input ({str(error).splitlines()[0]})"
            raise FetalHemoError("E-SOURCE", what, where) from None

    def start(self) -> None:
        """Begin to hear."""
        self._stream.start()

    def read(self) -> list[Heard]:
        """The frames since the last call."""
        return self._blocks.read()

    @property
    def ended(self) -> bool:
        """The card was taken away, and all that came from it has been read."""
        return not self._stream.active and not self._blocks.ring.waiting

    @property
    def waiting_s(self) -> float:
        """Seconds that wait in the ring."""
        return self._blocks.ring.waiting / (2 * (self.rate_hz or 1))

    def counters(self) -> dict[str, int]:
        """Frames that were dropped."""
        return {"dropped": self._blocks.dropped}

    def close(self) -> None:
        """Stop hearing."""
        self._stream.close()


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        what = f"sound cards need sounddevice and PortAudio ({error})"
        fix = "pip install 'fetal-hemo[listen]', and the system's libportaudio2"
        raise FetalHemoError("E-NEEDS-EXTRA", what, fix=fix) from None
    return sounddevice


def _rate(sounddevice: Any, name: str | None) -> int:
    """The lowest of the usual rates that the input offers; the last one is tried in any case."""
    for rate_hz in RATES_HZ[:-1]:
        try:
            sounddevice.check_input_settings(name, 1, "int16", None, rate_hz)
        except sounddevice.PortAudioError:
            continue
        return rate_hz
    return RATES_HZ[-1]
