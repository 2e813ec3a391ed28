"""What a reader knows of a file from its header, and the way from there to samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.audio import to_float
from firmware_bridge.decode import MAX_CHANNELS, Source, block_frames, check_frames, check_layout

RATE_FIX = "say it with --rate HZ"
ROUNDING = 1e-4  # a rate this near to whole Hz shifts no heart rate by 0.02 bpm


@dataclass(frozen=True)
class Signal:
    """One channel of a file; nothing of it is loaded before `read(start, stop)`.

    `read` gives `(time,)` integers or floats, integers on the full scale of their type.
    """

    name: str
    rate_hz: float | None  # None: the file does not say
    frames: int
    read: Callable[[int, int], np.ndarray]


@dataclass(frozen=True)
class Contents:
    """The signals of a file, and how it stores them."""

    format: str
    subtype: str
    bits: int | None  # of an integer sample; None when floating
    signals: Sequence[Signal]


def source_of(
    contents: Contents, sha256: str, where: str, rate_hz: float | None, wanted: str | None
) -> Source:
    """The `Source` of the signals that may hold the sound, their caps checked.

    Those are the ones called `wanted`, or all; among them the ones of the highest rate, and of
    these the longest, since a file may also hold heart rate or uterine activity.

    Raises E-NO-SIGNAL, E-NO-RATE, E-EMPTY, and beyond the device's limits E-CHANNELS, E-SAMPLE-RATE
    or E-TOO-LONG.
    """
    named = _named(contents.signals, wanted, where)
    rated = [replace(s, rate_hz=s.rate_hz or rate_hz) for s in named]
    fastest = max(s.rate_hz or 0.0 for s in rated)
    if fastest == 0.0:
        raise FetalHemoError("E-NO-RATE", "the file does not say its rate", where, RATE_FIX)
    fast = [s for s in rated if s.rate_hz == fastest]
    frames = max(s.frames for s in fast)
    kept = [s for s in fast if s.frames == frames]
    rate = _whole_hz(fastest, where)
    if len(kept) > MAX_CHANNELS:
        names = ", ".join(dict.fromkeys(s.name.strip() for s in kept))
        what = f"{len(kept)} signals, not 1 to {MAX_CHANNELS}"
        raise FetalHemoError("E-CHANNELS", what, where, f"name one with --signal: {names[:200]}")
    check_layout(rate, len(kept), where)
    if frames == 0:
        raise FetalHemoError("E-EMPTY", "there are no samples", where)
    check_frames(frames, rate, where)
    return Source(
        rate_hz=rate,
        channels=len(kept),
        sha256=sha256,
        blocks=_blocks(kept, frames, rate),
        format=contents.format,
        subtype=contents.subtype,
        bits=contents.bits,
    )


def _named(signals: Sequence[Signal], wanted: str | None, where: str) -> Sequence[Signal]:
    """The signals with that name, capitals, outer blanks and HDF5's groups aside."""
    if not signals:
        raise FetalHemoError("E-NO-SIGNAL", "the file holds no signal", where)
    if wanted is None:
        return signals
    name = wanted.strip().casefold()
    found = [
        s for s in signals if name in (full := s.name.strip().casefold(), full.rsplit("/")[-1])
    ]
    if not found:
        there = ", ".join(dict.fromkeys(s.name.strip() for s in signals))
        what = f"no signal is called {wanted}"
        raise FetalHemoError("E-NO-SIGNAL", what, where, f"there are: {there[:200]}")
    return found


def _whole_hz(rate_hz: float, where: str) -> int:
    check_layout(rate_hz, 1, where)
    whole = round(rate_hz)
    if abs(rate_hz - whole) > ROUNDING * rate_hz:
        what = f"{rate_hz:g} samples a second, not a whole number"
        raise FetalHemoError("E-SAMPLE-RATE", what, where, "resample it first")
    return whole


def _blocks(signals: Sequence[Signal], frames: int, rate_hz: int) -> Iterator[np.ndarray]:
    """`(time, channels)` float32, one window of source each."""
    start, number = 0, 0
    while start < frames:
        stop = min(start + block_frames(number, rate_hz), frames)
        yield np.stack([to_float(s.read(start, stop)) for s in signals], axis=1)
        start, number = stop, number + 1
