"""Cardiac time intervals and the events they place inside every beat, relative to the Q wave.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.simulate.fetus import RATE_BPM, WEEKS, Fetus
from fetal_hemo.simulate.rhythm import BeatClock

CYCLE_POWER = 0.7  # I, from S: all shrink 13-15 % from 130 to 160 bpm (Hernandez-Andrade 2007)
CYCLE_LIMITS = (0.75, 1.25)  # I: no further than the published range of rates
JITTER_MS = {"emd": 2.0, "ict": 1.5, "et": 3.0, "irt": 2.5}  # I: 3-5 ms on late events
LEAST_MS = {"emd": 20.0, "ict": 12.0, "et": 110.0, "irt": 18.0}  # I
ATRIAL_BEFORE_Q_MS = 40.0  # I, from S: PR 110 ms, mechanical delay about 40
SYSTOLE_AFTER_OPENING_MS = 45.0  # I: peak systolic wall motion at 100-160 ms
EARLY_AFTER_OPENING_MS = 26.0  # I: rapid filling lasts about 50 ms


@dataclass(frozen=True)
class Intervals:
    """`(beats,)` arrays in seconds: electromechanical delay, isovolumetric times, ejection."""

    emd_s: np.ndarray
    ict_s: np.ndarray
    et_s: np.ndarray
    irt_s: np.ndarray
    stretch: np.ndarray  # cycle-length factor already applied

    @property
    def pep_s(self) -> np.ndarray:
        """Pre-ejection period `(beats,)`: delay plus isovolumetric contraction."""
        return self.emd_s + self.ict_s


@dataclass(frozen=True)
class Events:
    """`(beats,)` arrays of times in seconds: wall-motion peaks and valve events."""

    atrial: np.ndarray
    mitral_closing: np.ndarray
    aortic_opening: np.ndarray
    systole: np.ndarray
    aortic_closing: np.ndarray
    mitral_opening: np.ndarray
    early: np.ndarray


def intervals(fetus: Fetus, clock: BeatClock, rng: np.random.Generator) -> Intervals:
    """Intervals of every beat, scaled with the length of the cycle that precedes it."""
    rr = np.diff(clock.q_s, prepend=2 * clock.q_s[0] - clock.q_s[1])
    usual = 60.0 / float(np.interp(fetus.weeks, WEEKS, RATE_BPM))
    stretch = np.clip((rr / usual) ** CYCLE_POWER, *CYCLE_LIMITS)
    means = {"emd": fetus.emd_ms, "ict": fetus.ict_ms, "et": fetus.et_ms, "irt": fetus.irt_ms}
    drawn = {}
    for name, mean in means.items():
        values = mean * stretch + JITTER_MS[name] * rng.normal(size=len(rr))
        drawn[name] = np.maximum(values, LEAST_MS[name]) / 1000.0
    return Intervals(drawn["emd"], drawn["ict"], drawn["et"], drawn["irt"], stretch)


def events(clock: BeatClock, spans: Intervals) -> Events:
    """Times of the seven events of every beat, in the order in which they happen."""
    q, stretch = clock.q_s, spans.stretch / 1000.0
    closing = q + spans.emd_s
    opening = closing + spans.ict_s
    aortic_closing = opening + spans.et_s
    mitral_opening = aortic_closing + spans.irt_s
    return Events(
        atrial=q - ATRIAL_BEFORE_Q_MS * stretch,
        mitral_closing=closing,
        aortic_opening=opening,
        systole=opening + SYSTOLE_AFTER_OPENING_MS * stretch,
        aortic_closing=aortic_closing,
        mitral_opening=mitral_opening,
        early=mitral_opening + EARLY_AFTER_OPENING_MS * stretch,
    )
