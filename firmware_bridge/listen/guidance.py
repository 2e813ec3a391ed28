"""The one sentence that says what to do with the probe now."""

from __future__ import annotations

import math

from firmware_bridge.feedback import Feedback
from firmware_bridge.messages import ENGLISH, text

HOLD = 0.5  # of good signal: from here on the probe is where it should be
CURABLE = ("talking", "interference", "clipped", "silent")  # else the probe is to be moved


def advice(now: Feedback, missing_s: float, gap: bool, language: str = ENGLISH) -> str:
    """What to do, and how much good signal is missing; `gap` when sound was lost on the way."""
    if gap:
        key = "do lost"
    elif now.good_signal >= HOLD:
        key = "hold"
    else:
        key = f"do {now.quality}" if now.quality in CURABLE else "move"
    return f"{text(key, language)}: {missing(missing_s, language)}"


def missing(missing_s: float, language: str = ENGLISH) -> str:
    """What an answer still needs."""
    if missing_s > 0:
        return text("missing", language, seconds=math.ceil(missing_s))
    return text("until steady", language)


def ending(why: str, missing_s: float, language: str = ENGLISH) -> str:
    """Why nothing more is heard, and what was missing."""
    needed = f"; {missing(missing_s, language)}" if missing_s > 0 else ""
    return text(f"ended {why}", language) + needed
