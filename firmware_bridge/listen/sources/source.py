"""What every live source offers to whoever listens."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from firmware_bridge.errors import FetalHemoError


@dataclass(frozen=True)
class Heard:
    """Frames `(time, channels)`, integer or float, that follow those before."""

    frames: np.ndarray
    lost: bool = False  # zeros in place of frames that never arrived

    @classmethod
    def silence(cls, frames: int) -> Heard:
        """One channel that never arrived, in the memory of one zero; whoever needs it copies."""
        return cls(np.broadcast_to(np.int16(0), (frames, 1)), lost=True)


class Source(ABC):
    """A stream of frames. `read` is called by one thread, again and again; it never waits."""

    kind: str
    rate_hz: int | None = None  # None until it is known
    channels: int = 1
    gain_db: float | None = None  # of the probe's amplifier
    paced = True  # by the world; a source that is not waits for its listener
    band_limit_hz = math.inf  # the source holds nothing above
    sha256: str | None = None  # None: of the frames as they were heard

    @abstractmethod
    def start(self) -> None:
        """Begin to hear."""

    @abstractmethod
    def read(self) -> list[Heard]:
        """What has come since the last call."""

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Nothing more will come, and all that came has been read."""

    @property
    def error(self) -> FetalHemoError | None:
        """Why it ended early, if it did."""
        return None

    @property
    @abstractmethod
    def waiting_s(self) -> float:
        """Seconds of sound that have come and are not yet read."""

    def counters(self) -> dict[str, int]:
        """What went wrong on the way so far, by name."""
        return {}

    def nothing_came(self) -> FetalHemoError:
        """Why a listening without sound has no result."""
        bad = self.counters().get("broken", 0)
        if bad:
            what = f"bytes came, but no frame of the link among them ({bad} broken)"
            return FetalHemoError("E-LINK", what, self.kind, "check the baud rate")
        fix = "see that the probe is on and connected"
        return FetalHemoError("E-SOURCE", "no sound came", self.kind, fix)

    @abstractmethod
    def close(self) -> None:
        """Stop hearing; may be called twice."""
