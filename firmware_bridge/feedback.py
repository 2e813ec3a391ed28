"""Live feedback while the probe is held: every 0.25 s, how good the last 3.75 s were.

A health worker moves the probe by it. Each value is computed from one window alone, by the rules
that judge a recording's windows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.decide import judge_rates
from firmware_bridge.rhythm import Rhythm
from firmware_bridge.rhythm.rate_track import track_rate
from firmware_bridge.runtime import Outputs

STEP_SAMPLES = 1_000  # 0.25 s at 4 kHz; 15 steps are one window
POOR_WORTH = 0.5  # a poor window still helps, half as much as a good one


@dataclass(frozen=True)
class Feedback:
    """What is said of the 3.75 s that end at `end_s` of the stream."""

    end_s: float
    quality: str
    probability: float  # of that quality, 0 to 1
    good_signal: float  # 0 move the probe, 1 hold it there
    heart_rate_bpm: float | None


def feedback(outputs: Outputs, end_s: float, manifest: Mapping[str, Any]) -> Feedback:
    """The `Feedback` on one window from what the window graph said of it.

    Its rate is that of the autocorrelation: placing beats takes ten times as long as the rest, and
    moves the rate of a window by a fraction of a beat.
    """
    track = track_rate(outputs.autocorrelation, outputs.dead_share)
    rhythm = Rhythm(track.bpm, track.confidence, beats_s=np.zeros(0))
    bpm = float(judge_rates(outputs, rhythm, manifest).bpm[0])
    shares = dict(zip(QUALITY_CLASSES, outputs.quality[0].tolist(), strict=True))
    quality = QUALITY_CLASSES[int(outputs.quality[0].argmax())]
    return Feedback(
        end_s=end_s,
        quality=quality,
        probability=shares[quality],
        good_signal=shares["good"] + POOR_WORTH * shares["poor"],
        heart_rate_bpm=None if math.isnan(bpm) else bpm,
    )
