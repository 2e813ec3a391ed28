"""Trunk movements and breathing of the fetus: when, and what they do to the beam.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband
from fetal_hemo.simulate.rhythm import BeatClock

# S: 29 movements in 30 min, 18 % of the time (28 weeks to term); I: by state (1F, 2F, 4F, other)
MOVEMENTS_PER_MIN = (0.25, 1.2, 2.2, 1.0)
EPISODE_S, LONGEST_S = 11.0, 40.0  # S: mean, from the two figures above
WITH_ACCELERATION = 0.7  # I, S: most accelerations come with a movement
BURST_S, PAUSE_S = (0.5, 3.0), (1.0, 8.0)  # S: loss of lock of 0.5-3 s; I: between them
LOSS_DB = (-16.0, -3.0)  # I
THUMP_HZ, THUMP_WIDTH_HZ, THUMP_DB = (120.0, 400.0), 110.0, (-12.0, 3.0)  # I, against the heart
BREATHING_SHARE, BREATHING_SHARE_SPREAD = 0.37, 0.26  # S
BREATHS_PER_MIN, BREATHS_SPREAD = 48.0, 12.0  # S
BREATHING_EPISODE_S = 45.0  # I

Span = tuple[float, float]


@dataclass(frozen=True)
class Movements:
    """Spans in s, and `(control,)` tracks of what is left of the beam, of thumps and of breath."""

    movements_s: tuple[Span, ...]
    breathing_s: tuple[Span, ...]
    kept: np.ndarray  # 1: the whole beam
    thump: np.ndarray  # 0: no movement to hear
    breath: np.ndarray  # -1 to 1 over a breath, 0 without breathing


def draw_movements(
    clock: BeatClock, activity: float, samples: int, seconds: float, rng: np.random.Generator
) -> Movements:
    """Movements of a recording; `activity` is relative to a healthy fetus."""
    length = control_length(samples)
    spans = _movement_spans(clock, activity, seconds, rng)
    kept, thump = np.ones(length), np.zeros(length)
    for start, stop in spans:
        _bursts(start, stop, kept, thump, rng)
    breathing = _breathing_spans(seconds, rng)
    breath = np.zeros(length)
    time = np.arange(length) / CONTROL_HZ
    for start, stop in breathing:
        rate = max(20.0, rng.normal(BREATHS_PER_MIN, BREATHS_SPREAD)) / 60.0
        inside = slice(int(start * CONTROL_HZ), int(stop * CONTROL_HZ))
        breath[inside] = np.sin(2 * np.pi * rate * (time[inside] - start))
    return Movements(tuple(spans), tuple(breathing), kept, thump, breath)


def thumps(moves: Movements, samples: int, rng: np.random.Generator) -> np.ndarray:
    """The sound of the moving body, float32 `(samples,)`, against a heart of RMS 1."""
    centre = np.full(len(moves.thump), rng.uniform(*THUMP_HZ))
    return narrowband(centre, moves.thump, THUMP_WIDTH_HZ, samples, rng)


def _movement_spans(
    clock: BeatClock, activity: float, seconds: float, rng: np.random.Generator
) -> list[Span]:
    step = np.diff(clock.q_s, append=clock.q_s[-1])
    often = activity * np.asarray(MOVEMENTS_PER_MIN)[clock.state] / 60.0
    starts = clock.q_s[rng.random(len(step)) < often * step].tolist()
    starts += [t for t in clock.accelerations_s if rng.random() < WITH_ACCELERATION]
    spans: list[Span] = []
    for start in sorted(starts):
        stop = min(start + min(rng.exponential(EPISODE_S), LONGEST_S), seconds)
        if start >= 0 and stop > start and (not spans or start > spans[-1][1]):
            spans.append((round(float(start), 2), round(float(stop), 2)))
    return spans


def _bursts(
    start: float, stop: float, kept: np.ndarray, thump: np.ndarray, rng: np.random.Generator
) -> None:
    """Write the bursts of one movement into the tracks."""
    at = start
    while at < stop:
        until = min(at + rng.uniform(*BURST_S), stop)
        first, last = int(at * CONTROL_HZ), int(until * CONTROL_HZ)
        if last > first:
            swell = np.sin(np.pi * (np.arange(last - first) + 0.5) / (last - first))
            lost, loud = (10 ** (rng.uniform(*db) / 20) for db in (LOSS_DB, THUMP_DB))
            kept[first:last] *= 1 - (1 - lost) * np.sqrt(swell)
            thump[first:last] += loud * swell
        at = until + rng.uniform(*PAUSE_S)


def _breathing_spans(seconds: float, rng: np.random.Generator) -> list[Span]:
    share = float(np.clip(rng.normal(BREATHING_SHARE, BREATHING_SHARE_SPREAD), 0.0, 0.95))
    rest = BREATHING_EPISODE_S * (1 - share) / max(share, 0.02)
    spans: list[Span] = []
    breathing, at = rng.random() < share, 0.0
    while at < seconds:
        until = min(at + rng.exponential(BREATHING_EPISODE_S if breathing else rest), seconds)
        if breathing and until > at:
            spans.append((round(at, 2), round(until, 2)))
        at, breathing = until, not breathing
    return spans
