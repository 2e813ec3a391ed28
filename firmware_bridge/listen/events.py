"""What is told while a stream is heard; `schemas/listen.schema.json` is the published form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Started:
    """The first sound has come."""

    event: ClassVar[str] = "started"
    source: str  # serial, stdin, wav or sounddevice; never a name
    sample_rate_hz: int
    channels: int
    gain_db: float | None  # of the probe's amplifier


@dataclass(frozen=True)
class Waiting:
    """No sound has come for a while."""

    event: ClassVar[str] = "waiting"
    waited_s: float
    counters: dict[str, int]
    sentence: str


@dataclass(frozen=True)
class Signal:
    """How good the last 3.75 s were, four times a second."""

    event: ClassVar[str] = "signal"
    time_s: float  # by the count of samples
    quality: str
    quality_probability: float
    good_signal: float  # 0 move the probe, 1 hold it there
    heart_rate_bpm: float | None
    latency_s: float | None  # sound that has come since; None when the source waits for us
    sentence: str


@dataclass(frozen=True)
class WindowDone:
    """A window of the recording is over: what would be said if this were the end."""

    event: ClassVar[str] = "window"
    time_s: float
    quality: str
    usable: bool
    heart_rate_bpm: float | None
    probability: float | None
    reasons: tuple[str, ...]
    good_signal_s: float
    missing_s: float  # of good signal, until the answer may be final
    steady: bool
    counters: dict[str, int]  # what went wrong on the way so far
    sentence: str


@dataclass(frozen=True)
class Ended:
    """Nothing more is heard; the result follows."""

    event: ClassVar[str] = "ended"
    why: str  # steady, time, source, silence, stopped or fault
    time_s: float
    good_signal_s: float
    missing_s: float
    latency_max_s: float | None
    counters: dict[str, int]
    sentence: str


Told = Started | Waiting | Signal | WindowDone | Ended


def to_json(told: Told) -> dict[str, Any]:
    """The event as plain JSON values; times to a tenth of a millisecond."""
    values = {"event": told.event, **asdict(told)}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return round(value, 4) if isinstance(value, float) else value
