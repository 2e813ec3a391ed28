"""The one sentence that says what to do with the probe now."""

from __future__ import annotations

import math

from firmware_bridge.feedback import Feedback

HOLD = 0.5  # of good signal: from here on the probe is where it should be
ADVICE = {
    "talking": "quiet, please",
    "interference": "keep phones and cables away",
    "clipped": "turn the probe's volume down",
    "silent": "check the probe and its gel",
}
ENDS = {
    "steady": "enough was heard",
    "time": "the time is over",
    "source": "the sound has ended",
    "silence": "no more sound comes",
    "stopped": "stopped by you",
    "fault": "the sound broke off",
}
WAITING = "waiting for sound: is the probe on and connected?"


def advice(now: Feedback, missing_s: float, gap: bool) -> str:
    """What to do, and how much good signal is missing; `gap` when sound was lost on the way."""
    if gap:
        what = "sound is lost on the way: check the cable, or come closer"
    elif now.good_signal >= HOLD:
        what = "hold it there"
    else:
        what = ADVICE.get(now.quality, "move the probe")
    return f"{what}: {missing(missing_s)}"


def missing(missing_s: float) -> str:
    """What an answer still needs."""
    if missing_s > 0:
        return f"{math.ceil(missing_s)} s more of good signal needed"
    return "waiting for the answer to be steady"


def ending(why: str, missing_s: float) -> str:
    """Why nothing more is heard, and what was missing."""
    needed = f"; {missing(missing_s)}" if missing_s > 0 else ""
    return ENDS[why] + needed
