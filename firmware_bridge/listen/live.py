"""One stream being screened: frames in, events out, and in the end what `screen` would say."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from firmware_bridge.collector import Collector
from firmware_bridge.constants import SAMPLE_RATE_HZ, WINDOW_S, WINDOW_SAMPLES
from firmware_bridge.decide import loudest_heart
from firmware_bridge.errors import EXIT_DATA, FetalHemoError
from firmware_bridge.feedback import STEP_SAMPLES, Feedback, feedback
from firmware_bridge.gaps import silence_gaps
from firmware_bridge.result import Abstained, Result, Screened
from firmware_bridge.runtime import Outputs, WindowOutputs, join_windows
from firmware_bridge.screen import Screener

STEPS_A_SECOND = 20


@dataclass(frozen=True)
class Progress:
    """What would be said if the stream ended with the window that ends at `end_s`."""

    end_s: float
    so_far: Screened | Abstained


Event = Feedback | Progress


class Live:
    """A stream at `rate_hz`; what comes out does not depend on how it was cut into pieces.

    Every window of the recording is encoded once; those between are for feedback alone. Of several
    channels the one whose heart is heard best so far is followed; the choice is final where
    `screen` makes it, after a minute.
    """

    def __init__(self, screener: Screener, rate_hz: int, channels: int = 1) -> None:
        self._screener, self._manifest = screener, screener.bundle.manifest
        self._between = screener.feedback  # made now, not when the first feedback is due
        self._collector = Collector(rate_hz, channels, screener.best_channel, "the live sound")
        self._rate_hz, self._step_frames = rate_hz, rate_hz // STEPS_A_SECOND
        self._rest, self._rest_lost = np.zeros((0, channels), np.float32), np.zeros(0, bool)
        self._encoded: dict[int, list[WindowOutputs]] = {index: [] for index in range(channels)}
        self._scale = dict.fromkeys(range(channels), np.float32(1.0))
        self._end = WINDOW_SAMPLES  # the sample at which the next feedback is due
        self._gaps: list[tuple[float, float]] = []  # seconds, those that feedback may still touch

    @property
    def heard_s(self) -> float:
        """Seconds of the stream so far, by the count of its samples."""
        return (self._collector.frames + len(self._rest)) / self._rate_hz

    @property
    def step_left(self) -> int:
        """Frames until the next 50 ms are full; only there does a push bring events."""
        return self._step_frames - len(self._rest)

    def push(self, frames: np.ndarray, lost: np.ndarray | None = None) -> list[Event]:
        """What is due after the next `(time, channels)` float32; `lost` flags `(time,)`.

        Raises `FetalHemoError` E-NOT-FINITE, and E-BUNDLE-SELF-TEST of the graphs.
        """
        flags = np.zeros(len(frames), bool) if lost is None else lost
        frames = np.concatenate([self._rest, frames])
        flags = np.concatenate([self._rest_lost, flags])
        whole = len(frames) // self._step_frames * self._step_frames
        self._rest, self._rest_lost = frames[whole:].copy(), flags[whole:].copy()
        starts = range(0, whole, self._step_frames)
        steps = [slice(start, start + self._step_frames) for start in starts]
        return [event for step in steps for event in self._take(frames[step], flags[step])]

    def _take(self, frames: np.ndarray, lost: np.ndarray) -> list[Event]:
        """Always 50 ms, so that what is known when an event is due does not depend on the cuts."""
        self._note_gaps(lost)
        self._collector.push(frames, lost)
        events: list[Event] = []
        while self._end <= min(c.count for c in self._collector.channels.values()):
            events += self._step()
            self._end += STEP_SAMPLES
        return events

    def finish(self, sha256: str, band_limit_hz: float = math.inf) -> Result:
        """The result for all frames; `Refused` when there are too few, or they say nothing."""
        started = time.perf_counter()
        try:
            self._collector.push(self._rest, self._rest_lost)
            audio = self._collector.finish(sha256, band_limit_hz)
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:
                raise
            return self._screener.refuse(error)
        encoded = self._encode(audio.channel, audio.samples)
        return self._screener.conclude(audio, join_windows(encoded), started=started)

    def _step(self) -> list[Event]:
        """Feedback on the window that ends here, and progress if the recording's window does."""
        end_s = self._end / SAMPLE_RATE_HZ
        if self._end % WINDOW_SAMPLES:
            index = self._best_channel()
            window = self._collector.channels[index].samples(self._end - WINDOW_SAMPLES, self._end)
            return [self._feedback(self._between.run(window[None]), end_s)]
        for index, channel in self._collector.channels.items():
            self._encode(index, channel.samples(0, self._end))
        index = self._best_channel()
        encoded = self._encoded[index]
        return [self._feedback(encoded[-1], end_s), Progress(end_s, self._so_far(index, encoded))]

    def _so_far(self, index: int, encoded: list[WindowOutputs]) -> Screened | Abstained:
        samples = self._collector.channels[index].samples(0, self._end)
        audio = self._collector.audio(index, samples)
        return self._screener.conclude(audio, join_windows(encoded))

    def _encode(self, index: int, samples: np.ndarray) -> list[WindowOutputs]:
        """The outputs of all whole windows of channel `index`; only new ones are computed.

        All are new when it turns out late that a floating stream holds 16-bit values.
        """
        scale = self._collector.channels[index].scale
        if scale != self._scale[index]:
            self._scale[index], self._encoded[index] = scale, []
        encoded = self._encoded[index]
        for start in range(len(encoded) * WINDOW_SAMPLES, len(samples), WINDOW_SAMPLES):
            window = samples[start : start + WINDOW_SAMPLES]
            if len(window) == WINDOW_SAMPLES:
                encoded.append(self._screener.windows.run(window[None]))
        return encoded

    def _best_channel(self) -> int:
        indices = list(self._collector.channels)
        if len(indices) == 1 or not self._encoded[indices[0]]:
            return indices[0]
        return indices[loudest_heart([join_windows(self._encoded[index]) for index in indices])]

    def _feedback(self, outputs: Outputs, end_s: float) -> Feedback:
        start_s = end_s - WINDOW_S
        self._gaps = [gap for gap in self._gaps if gap[1] > start_s]
        touched = any(first < end_s for first, _ in self._gaps)
        return feedback(silence_gaps(outputs, np.array([float(touched)])), end_s, self._manifest)

    def _note_gaps(self, lost: np.ndarray) -> None:
        """From the first to the last lost frame of a step; feedback looks at 3.75 s anyhow."""
        if lost.any():
            first, last = self._collector.frames + np.flatnonzero(lost)[[0, -1]]
            self._gaps.append((first / self._rate_hz, (last + 1) / self._rate_hz))
