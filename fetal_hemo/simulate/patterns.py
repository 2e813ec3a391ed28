"""How loud each event of a beat is: six amplitude patterns that switch from beat to beat.

S: wavelet clusters of real recordings show six patterns, varying beat to beat, other ones early
than late in pregnancy (Marzbanrad 2014). I: the numbers of the patterns. Tags as elsewhere.
"""

from __future__ import annotations

import numpy as np

WALL_EVENTS = ("atrial", "systole", "early")
VALVE_EVENTS = ("mitral_closing", "aortic_opening", "aortic_closing", "mitral_opening")

# I: gains of WALL_EVENTS then VALVE_EVENTS; one lobe dominates by far (S: the 180-400 Hz envelope
# of real clips has one lobe a beat, 23-34 dB deep).
PATTERNS = np.array(
    [
        # atrial systole early   MC    AO    AC    MO
        [1.00, 0.18, 0.12, 0.60, 0.30, 0.30, 0.40],
        [0.90, 0.30, 0.09, 0.40, 0.70, 0.30, 0.20],
        [0.21, 1.00, 0.12, 0.30, 0.80, 0.50, 0.20],
        [0.12, 1.00, 0.21, 0.20, 0.50, 0.90, 0.40],
        [0.21, 0.21, 1.00, 0.20, 0.20, 0.60, 0.80],
        [0.95, 0.15, 0.30, 0.70, 0.20, 0.30, 0.70],
    ]
)
EARLY_SHARE = np.array([0.28, 0.22, 0.22, 0.14, 0.05, 0.09])  # I: 18 weeks
LATE_SHARE = np.array([0.16, 0.10, 0.20, 0.20, 0.16, 0.18])  # I: 40 weeks
SWITCH_CHANCE = 0.10  # I: a beat changes its pattern
FAVOURITE_WEIGHT = 0.7  # I: the angle of the probe makes one pattern usual
# I: with speckle and changing patterns this gives the measured coefficient of variation of the
# beats' peaks (S: 0.2 to 0.9)
BEAT_LOG_SPREAD = (0.12, 0.35)
EVENT_LOG_SPREAD = 0.12


def amplitudes(beats: int, weeks: float, rng: np.random.Generator) -> np.ndarray:
    """`(beats, 7)` gains: columns are `WALL_EVENTS` then `VALVE_EVENTS`."""
    late = float(np.clip((weeks - 18.0) / 22.0, 0.0, 1.0))
    share = (1 - late) * EARLY_SHARE + late * LATE_SHARE
    share = share / share.sum()
    favourite = np.eye(len(PATTERNS))[rng.choice(len(PATTERNS), p=share)]
    share = FAVOURITE_WEIGHT * favourite + (1 - FAVOURITE_WEIGHT) * share
    fresh = rng.choice(len(PATTERNS), size=beats, p=share)
    switch = rng.random(beats) < SWITCH_CHANCE
    switch[0] = True
    pattern = fresh[np.maximum.accumulate(np.where(switch, np.arange(beats), 0))]
    spread = rng.uniform(*BEAT_LOG_SPREAD)
    beat = np.exp(spread * rng.standard_normal((beats, 1)))
    event = np.exp(EVENT_LOG_SPREAD * rng.standard_normal((beats, PATTERNS.shape[1])))
    return PATTERNS[pattern] * beat * event
