"""A file or an array of samples -> checked 4 kHz audio of one channel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from firmware_bridge.collector import Audio as Audio
from firmware_bridge.collector import ChannelChoice, Collector
from firmware_bridge.decode import Source, block_frames, check_frames, check_layout, open_source
from firmware_bridge.errors import FetalHemoError


def first_channel(_: np.ndarray) -> int:
    """0, whatever the channels hold."""
    return 0


def read_audio(path: str | Path, choose: ChannelChoice = first_channel) -> Audio:
    """`Audio` of a WAV, FLAC, OGG or MP3 file.

    `choose` gets the first minute `(channels, time)` of a file with several channels and returns
    the one to keep. Raises `FetalHemoError` with the codes of `open_source`, and E-TOO-SHORT,
    E-NOT-FINITE, E-CONSTANT.
    """
    with open_source(path) as source:
        return collect_audio(source, choose, str(path))


def audio_from_samples(
    samples: np.ndarray,
    rate_hz: int,
    choose: ChannelChoice = first_channel,
    lost: np.ndarray | None = None,
) -> Audio:
    """`Audio` of samples `(time,)` or `(time, channels)` at `rate_hz`, integer or float.

    `lost` flags `(time,)` those that only stand for samples that never arrived. Its sha256 is of
    the samples' bytes. Raises as `read_audio` does, as far as it applies.
    """
    where = "the samples"
    array = np.asarray(samples)
    if array.ndim not in (1, 2) or array.dtype.kind not in "iuf":
        raise FetalHemoError("E-NOT-AUDIO", "not (time,) or (time, channels) numbers", where)
    if array.size == 0:
        raise FetalHemoError("E-EMPTY", "there are no samples", where)
    columns = array.reshape(len(array), -1)
    check_layout(rate_hz, columns.shape[1], where)
    check_frames(len(columns), rate_hz, where)
    sha256 = hashlib.sha256(array.tobytes()).hexdigest()
    collector = Collector(rate_hz, columns.shape[1], choose, where)
    for block in _array_blocks(len(columns), rate_hz):
        collector.push(to_float(columns[block]), None if lost is None else lost[block])
    return collector.finish(sha256)


def _array_blocks(frames: int, rate_hz: int) -> Iterator[slice]:
    start, number = 0, 0
    while start < frames:
        stop = start + block_frames(number, rate_hz)
        yield slice(start, stop)
        start, number = stop, number + 1


def to_float(block: np.ndarray) -> np.ndarray:
    """The block as float32; integers of up to 32 bits are brought to -1 to 1.

    No recorder has 64 bits: such numbers came from software, on any scale, as floats do.
    """
    if block.dtype.kind == "f" or block.dtype.itemsize > 4:
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as not finite
            return block.astype(np.float32)
    half = 2.0 ** (8 * block.dtype.itemsize - 1)
    middle = half if block.dtype.kind == "u" else 0.0
    return ((block.astype(np.float64) - middle) / half).astype(np.float32)


def collect_audio(source: Source, choose: ChannelChoice, where: str) -> Audio:
    """`Audio` of an opened source, read to its end; `where` is its name in messages.

    Raises E-TOO-SHORT, E-NOT-FINITE, E-CONSTANT, and what the source's blocks raise.
    """
    collector = Collector(source.rate_hz, source.channels, choose, where)
    for block in source.blocks:
        collector.push(block)
    return collector.finish(source.sha256, source.band_limit_hz)
