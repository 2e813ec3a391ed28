"""Live feedback while the probe is held: every 0.25 s, how good the last 3.75 s were.

A health worker moves the probe by it, so it must not depend on how the sound card cuts its blocks:
each value is computed from one window alone, by the rules that judge a recording's windows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from firmware_bridge.bundle import Bundle
from firmware_bridge.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.decide import judge_windows
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.rhythm import find_rhythm
from firmware_bridge.runtime import WindowRunner

STEP_SAMPLES = 1_000  # 0.25 s at 4 kHz
POOR_WORTH = 0.5  # a poor window still helps, half as much as a good one


@dataclass(frozen=True)
class Feedback:
    """What is said of the 3.75 s that end at `end_s` of the stream."""

    end_s: float
    quality: str
    probability: float  # of that quality, 0 to 1
    good_signal: float  # 0 move the probe, 1 hold it there
    heart_rate_bpm: float | None


class LiveFeedback:
    """Samples of one stream at 4 kHz in, `Feedback` out, once a step after the first 3.75 s."""

    def __init__(self, bundle: Bundle) -> None:
        self._manifest = bundle.manifest
        self._windows = WindowRunner(bundle)
        self._recent = np.zeros(0, np.float32)
        self._end = WINDOW_SAMPLES  # the sample at which the next value is due
        self._start = 0  # where in the stream `_recent` begins

    def push(self, samples: np.ndarray) -> list[Feedback]:
        """What is due after the next samples `(time,)` in -1 to 1; any number of them.

        Raises `FetalHemoError` E-NOT-FINITE, and E-BUNDLE-SELF-TEST of the window graph.
        """
        if not np.isfinite(samples).all():
            raise FetalHemoError("E-NOT-FINITE", "samples that are no numbers", "the live sound")
        self._recent = np.concatenate([self._recent, np.asarray(samples, np.float32)])
        found = []
        while self._start + len(self._recent) >= self._end:
            last = self._end - self._start
            found.append(self._judge(self._recent[last - WINDOW_SAMPLES : last]))
            self._end += STEP_SAMPLES
        self._forget()
        return found

    def _forget(self) -> None:
        """Drop what no later window reaches back to: memory stays that of one window."""
        done = max(0, min(self._end - WINDOW_SAMPLES - self._start, len(self._recent)))
        self._recent, self._start = self._recent[done:], self._start + done

    def _judge(self, window: np.ndarray) -> Feedback:
        outputs = self._windows.run(np.ascontiguousarray(window[None]))
        judged = judge_windows(outputs, find_rhythm(outputs), np.zeros(1), self._manifest)
        shares = dict(zip(QUALITY_CLASSES, outputs.quality[0].tolist(), strict=True))
        quality = QUALITY_CLASSES[int(judged.quality[0])]
        bpm = float(judged.bpm[0])
        return Feedback(
            end_s=self._end / SAMPLE_RATE_HZ,
            quality=quality,
            probability=shares[quality],
            good_signal=shares["good"] + POOR_WORTH * shares["poor"],
            heart_rate_bpm=None if math.isnan(bpm) else bpm,
        )
