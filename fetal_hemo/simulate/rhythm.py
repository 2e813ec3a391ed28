"""Beat clock: when the fetal heart beats, by behavioural state, variation and accelerations.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.simulate.fetus import Fetus

STATES = ("1F", "2F", "4F", "other")  # quiet sleep, active sleep, active awake, unclear
STATE_SHARE = (0.30, 0.58, 0.09, 0.03)  # S: 80 fetuses, 36-42 weeks
STATE_MINUTES = (23.0, 36.0, 10.0, 3.0)  # S: quiet 22.8 of a 62 min cycle; I: the others
STATE_VARIATION = (0.6, 1.1, 1.3, 1.0)  # I
STATE_RATE_BPM = (0.0, 0.0, 15.0, 0.0)  # I
ACCELERATIONS_PER_MIN = (0.03, 0.25, 0.40, 0.10)  # I, from S: about 4 a record (Lakhno 2017)
ACCELERATION_BPM = (10.0, 22.0)  # S: 10-20 in 2F, 25-30 in 4F
ACCELERATION_S = (15.0, 40.0)  # S: at least 15 s by definition
DECELERATIONS_PER_MIN = 0.01  # I, from S: 0.3 a record in controls (Lakhno 2017)
FAST_S, SLOW_S = 4.0, 30.0  # I: correlation times of the two parts of the variation
# Fitted: SD of each part (ms) per ms of STV and LTV, by the Dawes-Redman definitions.
FAST_PER_STV, SLOW_PER_LTV = 0.80, 0.45
BEAT_JITTER_MS = 2.0  # I
RR_LIMITS_S = (0.285, 0.75)  # 80 to 210 bpm


@dataclass(frozen=True)
class BeatClock:
    """`q_s` (beats,) times of the Q wave, one beat before 0 and one after the end included."""

    q_s: np.ndarray
    state: np.ndarray  # (beats,) index in STATES
    accelerations_s: tuple[float, ...]

    def rate_bpm(self, start_s: float, seconds: float = WINDOW_S) -> float:
        """True rate from `start_s` on: 60 / mean RR, beats counted in fractions."""
        count = np.arange(len(self.q_s))
        first, last = np.interp([start_s, start_s + seconds], self.q_s, count)
        return float(60.0 * (last - first) / seconds)


def beat_clock(fetus: Fetus, seconds: float, rng: np.random.Generator) -> BeatClock:
    """Beats of a fetus over `seconds`, with hidden behavioural states."""
    mean_rr = 60.0 / fetus.rate_bpm
    beats = int(1.5 * seconds / mean_rr) + 16
    time = np.arange(beats) * mean_rr  # close enough for what changes over seconds
    state = _states(time, rng)
    bumps, starts = _bumps(time, state, fetus.accelerations, rng)
    bpm = fetus.rate_bpm + np.asarray(STATE_RATE_BPM)[state] + bumps
    scale = np.asarray(STATE_VARIATION)[state]
    variation = FAST_PER_STV * fetus.stv_ms * _correlated(beats, FAST_S / mean_rr, rng)
    variation += SLOW_PER_LTV * fetus.ltv_ms * _correlated(beats, SLOW_S / mean_rr, rng)
    jitter = BEAT_JITTER_MS * rng.normal(size=beats)
    rr = np.clip(60.0 / bpm + (scale * variation + jitter) / 1000.0, *RR_LIMITS_S)
    q_s = np.cumsum(rr) - rr[0] * (1 + rng.random())
    kept = int(np.searchsorted(q_s, seconds + RR_LIMITS_S[1])) + 1
    return BeatClock(q_s[:kept], state[:kept], tuple(t for t in starts if t < seconds))


def _states(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Semi-continuous Markov chain: stationary shares at the start, exponential stays."""
    share = np.asarray(STATE_SHARE)
    leave = share / np.asarray(STATE_MINUTES)
    state = np.empty(len(time), dtype=np.int64)
    now, begin = int(rng.choice(len(share), p=share)), 0.0
    while begin <= time[-1]:
        state[time >= begin] = now
        begin += 60.0 * rng.exponential(STATE_MINUTES[now])
        others = leave * (np.arange(len(share)) != now)
        now = int(rng.choice(len(share), p=others / others.sum()))
    return state


def _bumps(
    time: np.ndarray, state: np.ndarray, often: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[float]]:
    """Accelerations and decelerations in bpm at each beat, and when accelerations start."""
    total, starts = np.zeros(len(time)), []
    step_min = (time[1] - time[0]) / 60.0
    chance = often * np.asarray(ACCELERATIONS_PER_MIN)[state] * step_min
    up = np.flatnonzero(rng.random(len(time)) < chance)
    down = np.flatnonzero(rng.random(len(time)) < DECELERATIONS_PER_MIN * step_min)
    for sign, events in ((1.0, up), (-1.0, down)):
        for beat in events:
            height, length = rng.uniform(*ACCELERATION_BPM), rng.uniform(*ACCELERATION_S)
            phase = np.clip((time - time[beat]) / length, 0.0, 1.0)
            total = (
                np.maximum(total, height * np.sin(np.pi * phase) ** 2)
                if sign > 0
                else (np.minimum(total, -height * np.sin(np.pi * phase) ** 2))
            )
            if sign > 0:
                starts.append(round(float(time[beat]), 2))
    return total, starts


def _correlated(count: int, length: float, rng: np.random.Generator) -> np.ndarray:
    """`(count,)` unit-variance noise that forgets over `length` samples."""
    keep = float(np.exp(-1.0 / length))
    white = rng.normal(size=count)
    drive = np.sqrt(1 - keep**2)
    return np.asarray(lfilter([drive], [1.0, -keep], white, zi=[keep * rng.normal()])[0])
