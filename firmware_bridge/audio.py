"""A file or an array of samples -> checked 4 kHz audio of one channel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firmware_bridge.channel import Channel
from firmware_bridge.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.decode import (
    Source,
    block_frames,
    check_frames,
    check_layout,
    open_source,
)
from firmware_bridge.errors import FetalHemoError

CHOICE_WINDOWS = 16  # the first minute decides which channel is used
# 3.75 s at 11,025 Hz is no whole number of samples: research clips lack up to one.
SLACK_SAMPLES = 4  # 1 ms

ChannelChoice = Callable[[np.ndarray], int]


@dataclass(frozen=True)
class Audio:
    """One channel at 4 kHz, and what is known of where it came from."""

    samples: np.ndarray  # (time,) float32, about -1 to 1
    source_rate_hz: int
    sha256: str  # of the file's bytes
    duration_s: float
    band_limit_hz: float  # the source holds nothing above
    channels: int
    channel: int  # the one that is in `samples`
    clipped_share: np.ndarray  # (windows,) 0 to 1

    def windows(self) -> np.ndarray:
        """The whole windows `(windows, 15000)` of 3.75 s, without overlap; a view, not a copy."""
        count = len(self.samples) // WINDOW_SAMPLES
        return self.samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)


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
    samples: np.ndarray, rate_hz: int, choose: ChannelChoice = first_channel
) -> Audio:
    """`Audio` of samples `(time,)` or `(time, channels)` at `rate_hz`, integer or float.

    Its sha256 is of the samples' bytes. Raises as `read_audio` does, as far as it applies.
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
    source = Source(rate_hz, columns.shape[1], sha256, _array_blocks(columns, rate_hz))
    return collect_audio(source, choose, where)


def _array_blocks(columns: np.ndarray, rate_hz: int) -> Iterator[np.ndarray]:
    start, number = 0, 0
    while start < len(columns):
        stop = start + block_frames(number, rate_hz)
        yield to_float(columns[start:stop])
        start, number = stop, number + 1


def to_float(block: np.ndarray) -> np.ndarray:
    """The block as float32; integers are brought to -1 to 1."""
    if block.dtype.kind == "f":
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as not finite
            return block.astype(np.float32)
    half = 2.0 ** (8 * block.dtype.itemsize - 1)
    middle = half if block.dtype.kind == "u" else 0.0
    return ((block.astype(np.float64) - middle) / half).astype(np.float32)


def collect_audio(source: Source, choose: ChannelChoice, where: str) -> Audio:
    """`Audio` of an opened source, read to its end; `where` is its name in messages.

    Raises E-TOO-SHORT, E-NOT-FINITE, E-CONSTANT, and what the source's blocks raise.
    """
    channels = {index: Channel(source.rate_hz, where) for index in range(source.channels)}
    frames = 0
    for number, block in enumerate(source.blocks):
        if number == CHOICE_WINDOWS:
            channels = _keep_one(channels, choose)
        frames += len(block)
        for index, channel in channels.items():
            channel.push(block[:, index])
    for channel in channels.values():
        channel.finish()
    ((index, channel),) = _keep_one(channels, choose).items()
    return _audio(source, channel, index, frames, where)


def _keep_one(channels: dict[int, Channel], choose: ChannelChoice) -> dict[int, Channel]:
    if len(channels) == 1:
        return channels
    kept = choose(np.stack([_fill_last_window(c.samples()) for c in channels.values()]))
    return {kept: channels[kept]}


def _audio(source: Source, channel: Channel, index: int, frames: int, where: str) -> Audio:
    samples = _fill_last_window(channel.samples())
    if len(samples) < WINDOW_SAMPLES:
        what = f"{frames / source.rate_hz:.2f} s, one window needs 3.75 s"
        raise FetalHemoError("E-TOO-SHORT", what, where)
    if channel.is_constant:
        what = "every sample has the same value"
        raise FetalHemoError("E-CONSTANT", what, where, "check that the probe is connected")
    return Audio(
        samples=samples,
        source_rate_hz=source.rate_hz,
        sha256=source.sha256,
        duration_s=frames / source.rate_hz,
        band_limit_hz=min(source.rate_hz / 2, SAMPLE_RATE_HZ / 2, source.band_limit_hz),
        channels=source.channels,
        channel=index,
        clipped_share=channel.clipped_share()[: len(samples) // WINDOW_SAMPLES],
    )


def _fill_last_window(samples: np.ndarray) -> np.ndarray:
    missing = -len(samples) % WINDOW_SAMPLES
    if not 0 < missing <= SLACK_SAMPLES or not samples.size:
        return samples
    return np.pad(samples, (0, missing), mode="edge")
