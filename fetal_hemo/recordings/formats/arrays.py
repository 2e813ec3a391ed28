"""Arrays in a file as signals: the longer axis is time, the other one the channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fetal_hemo.recordings.formats.contents import Signal
from firmware_bridge.decode import MAX_CHANNELS

INTEGER_KINDS, FLOAT_KIND = "iu", "f"
RATE_NAMES = (
    *("sample_rate_hz", "sample_rate", "samplerate", "sampling_rate", "sampling_rate_hz"),
    *("sampling_frequency", "sampling_frequency_hz", "fs", "fs_hz", "sr", "rate", "rate_hz"),
)


def is_signal(shape: tuple[int, ...], dtype: np.dtype) -> bool:
    """Whether an array can hold samples: numbers, `(time,)` or with a few channels."""
    numbers = dtype.kind in INTEGER_KINDS + FLOAT_KIND and 1 <= dtype.itemsize <= 8
    if not numbers or len(shape) not in (1, 2):
        return False
    return max(shape) > 1 and (len(shape) == 1 or min(shape) <= MAX_CHANNELS)


def bits_of(dtype: np.dtype) -> int | None:
    """Bits of an integer sample, None of a floating one."""
    return dtype.itemsize * 8 if dtype.kind in INTEGER_KINDS else None


def array_signals(
    name: str,
    shape: tuple[int, ...],
    rate_hz: float | None,
    part: Callable[[tuple[slice | int, ...]], np.ndarray],
) -> list[Signal]:
    """The channels of an array of that shape, all called `name`; `part(index)` loads a part."""
    if len(shape) == 1:
        return [Signal(name, rate_hz, shape[0], lambda start, stop: part((slice(start, stop),)))]
    frames, count = max(shape), min(shape)
    time_first = shape[0] == frames

    def reader(channel: int) -> Callable[[int, int], np.ndarray]:
        def read(start: int, stop: int) -> np.ndarray:
            time = slice(start, stop)
            return part((time, channel) if time_first else (channel, time))

        return read

    return [Signal(name, rate_hz, frames, reader(channel)) for channel in range(count)]


def rate_from(name: str, value: object) -> float | None:
    """The sample rate, when `name` is one that means it and `value` holds one number."""
    if name.strip().lower() not in RATE_NAMES:
        return None
    try:
        numbers = np.asarray(value, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        return None
    good = numbers.size == 1 and np.isfinite(numbers[0]) and numbers[0] > 0
    return float(numbers[0]) if good else None
