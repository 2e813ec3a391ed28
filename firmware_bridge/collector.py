"""Frames of a source, in pieces of any size -> checked 4 kHz audio of one channel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from firmware_bridge.channel import Channel
from firmware_bridge.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.decode import block_frames
from firmware_bridge.errors import FetalHemoError

CHOICE_WINDOWS = 16  # the first minute decides which channel is used
# 3.75 s at 11,025 Hz is no whole number of samples: research clips lack up to one.
SLACK_SAMPLES = 4  # 1 ms

ChannelChoice = Callable[[np.ndarray], int]


@dataclass(frozen=True)
class Audio:
    """One channel at 4 kHz, and what is known of where it came from."""

    samples: np.ndarray  # (time,) float32, about -1 to 1; without windows already taken
    source_rate_hz: int
    sha256: str  # of the file's bytes
    duration_s: float
    band_limit_hz: float  # the source holds nothing above
    channels: int
    channel: int  # the one that is in `samples`
    clipped_share: np.ndarray  # (windows,) 0 to 1
    lost_share: np.ndarray  # (windows,) 0 to 1: silence instead of samples that never arrived

    def windows(self) -> np.ndarray:
        """The whole windows `(windows, 15000)` of 3.75 s, without overlap; a view, not a copy."""
        count = len(self.samples) // WINDOW_SAMPLES
        return self.samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)


class Collector:
    """Takes the frames of one source; the `Audio` does not depend on how they were cut.

    `choose` gets the first minute `(channels, time)` at 4 kHz of a source with several channels
    and returns the one to keep; `where` is the source's name in messages.
    """

    def __init__(self, rate_hz: int, channels: int, choose: ChannelChoice, where: str) -> None:
        self.channels = {index: Channel(rate_hz, where) for index in range(channels)}
        self.frames = 0
        self._rate_hz, self._count, self._choose, self._where = rate_hz, channels, choose, where
        self._lost = [0]  # frames of every window, the last one still being filled
        self._left = block_frames(0, rate_hz)

    def push(self, frames: np.ndarray, lost: np.ndarray | None = None) -> None:
        """Take the next `(time, channels)` float32; `lost` flags `(time,)` what never arrived.

        Raises E-NOT-FINITE.
        """
        while len(frames):
            part, frames = frames[: self._left], frames[self._left :]
            if lost is not None:
                self._lost[-1] += int(np.count_nonzero(lost[: len(part)]))
                lost = lost[len(part) :]
            self._take(part)

    def _take(self, part: np.ndarray) -> None:
        """Frames of one window."""
        if len(self._lost) == CHOICE_WINDOWS + 1:
            self._keep_one()
        for index, channel in self.channels.items():
            channel.push(part[:, index])
        self.frames += len(part)
        self._left -= len(part)
        if self._left == 0:
            for channel in self.channels.values():
                channel.end_window()
            self._left = block_frames(len(self._lost), self._rate_hz)
            self._lost.append(0)

    @property
    def has_windows(self) -> bool:
        """Whether the channel is chosen and holds a whole window."""
        (channel, *others) = self.channels.values()
        return not others and channel.count >= WINDOW_SAMPLES

    def take_windows(self) -> np.ndarray:
        """The whole windows `(windows, 15000)` so far of the chosen channel, which then lets go.

        Only for a source whose scale is known beforehand.
        """
        (channel,) = self.channels.values()
        count = channel.count // WINDOW_SAMPLES
        return channel.take(count * WINDOW_SAMPLES).reshape(count, WINDOW_SAMPLES)

    def finish(self, sha256: str, band_limit_hz: float = math.inf) -> Audio:
        """The `Audio` of all frames, less the windows taken; raises E-TOO-SHORT, E-CONSTANT."""
        for channel in self.channels.values():
            channel.finish()
        self._keep_one()
        ((index, channel),) = self.channels.items()
        samples = _fill_last_window(channel.samples())
        if channel.forgotten + len(samples) < WINDOW_SAMPLES:
            what = f"{self.frames / self._rate_hz:.2f} s, one window needs 3.75 s"
            raise FetalHemoError("E-TOO-SHORT", what, self._where)
        if channel.is_constant:
            what = "every sample has the same value"
            fix = "check that the probe is connected"
            raise FetalHemoError("E-CONSTANT", what, self._where, fix)
        return self.audio(index, samples, sha256, band_limit_hz)

    def audio(
        self, index: int, samples: np.ndarray, sha256: str = "", band_limit_hz: float = math.inf
    ) -> Audio:
        """The `Audio` of `samples` of channel `index`, with what was metered so far."""
        windows = (self.channels[index].forgotten + len(samples)) // WINDOW_SAMPLES
        sizes = [block_frames(number, self._rate_hz) for number in range(len(self._lost))]
        return Audio(
            samples=samples,
            source_rate_hz=self._rate_hz,
            sha256=sha256,
            duration_s=self.frames / self._rate_hz,
            band_limit_hz=min(self._rate_hz / 2, SAMPLE_RATE_HZ / 2, band_limit_hz),
            channels=self._count,
            channel=index,
            clipped_share=self.channels[index].clipped_share()[:windows],
            lost_share=(np.array(self._lost) / sizes)[:windows],
        )

    def _keep_one(self) -> None:
        if len(self.channels) > 1:
            minute = [_fill_last_window(channel.samples()) for channel in self.channels.values()]
            kept = self._choose(np.stack(minute))
            self.channels = {kept: self.channels[kept]}


def _fill_last_window(samples: np.ndarray) -> np.ndarray:
    missing = -len(samples) % WINDOW_SAMPLES
    if not 0 < missing <= SLACK_SAMPLES or not samples.size:
        return samples
    return np.pad(samples, (0, missing), mode="edge")
