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
# S: 10-20 bpm in 2F, 25-30 in 4F; I: few and small in the others
ACCELERATION_BPM = ((10.0, 16.0), (10.0, 20.0), (20.0, 30.0), (10.0, 16.0))
DECELERATION_BPM = (10.0, 25.0)  # I
ACCELERATION_S = (15.0, 40.0)  # S: at least 15 s by definition
DECELERATIONS_PER_MIN = 0.01  # I, from S: 0.3 a record in controls (Lakhno 2017)
FAST_S, SLOW_S = 2.5, 30.0  # I: correlation times of the two parts of the variation
# Fitted: SD of each part (ms) per ms of STV and LTV, by the Dawes-Redman definitions.
FAST_PER_STV, SLOW_PER_LTV = 0.93, 0.41
BEAT_JITTER_MS = 2.0  # I
RR_LIMITS_S = (0.285, 0.75)  # 80 to 210 bpm


@dataclass(frozen=True)
class BeatClock:
    """`q_s` (beats,) times of the Q wave, one beat before 0 and one after the end included."""

    q_s: np.ndarray
    state: np.ndarray  # (beats,) index in STATES
    accelerations_s: tuple[float, ...]
    decelerations_s: tuple[float, ...] = ()

    def rate_bpm(self, start_s: float, seconds: float = WINDOW_S) -> float:
        """True rate from `start_s` on: 60 / mean RR, beats counted in fractions."""
        count = np.arange(len(self.q_s))
        first, last = np.interp([start_s, start_s + seconds], self.q_s, count)
        return float(60.0 * (last - first) / seconds)


def beat_clock(
    fetus: Fetus, seconds: float, rng: np.random.Generator, quiet_log_odds: float = 0.0
) -> BeatClock:
    """Beats of a fetus over `seconds`, with hidden behavioural states.

    `quiet_log_odds` makes quiet sleep at the start likelier than usual.
    """
    mean_rr = 60.0 / fetus.rate_bpm
    beats = int(1.5 * seconds / mean_rr) + 16
    time = np.arange(beats) * mean_rr  # close enough for what changes over seconds
    state = _states(time, quiet_log_odds, rng)
    up, rises = _rises(time, state, fetus.accelerations, rng)
    down, falls = _falls(time, fetus.decelerations, rng)
    bpm = fetus.rate_bpm + np.asarray(STATE_RATE_BPM)[state] + up - down
    scale = np.asarray(STATE_VARIATION)[state]
    variation = FAST_PER_STV * fetus.stv_ms * _correlated(beats, FAST_S / mean_rr, rng)
    variation += SLOW_PER_LTV * fetus.ltv_ms * _correlated(beats, SLOW_S / mean_rr, rng)
    jitter = BEAT_JITTER_MS * rng.normal(size=beats)
    rr = np.clip(60.0 / bpm + (scale * variation + jitter) / 1000.0, *RR_LIMITS_S)
    q_s = np.cumsum(rr) - rr[0] * (1 + rng.random())
    kept = int(np.searchsorted(q_s, seconds + RR_LIMITS_S[1])) + 1
    starts = (tuple(round(float(t), 2) for t in some if t < seconds) for some in (rises, falls))
    return BeatClock(q_s[:kept], state[:kept], *starts)


def _states(time: np.ndarray, quiet_log_odds: float, rng: np.random.Generator) -> np.ndarray:
    """Semi-continuous Markov chain: stationary shares at the start, exponential stays."""
    share = np.asarray(STATE_SHARE)
    leave = share / np.asarray(STATE_MINUTES)
    state = np.empty(len(time), dtype=np.int64)
    first = share * np.exp(quiet_log_odds * (np.arange(len(share)) == 0))
    now, begin = int(rng.choice(len(share), p=first / first.sum())), 0.0
    while begin <= time[-1]:
        state[time >= begin] = now
        begin += 60.0 * rng.exponential(STATE_MINUTES[now])
        others = leave * (np.arange(len(share)) != now)
        now = int(rng.choice(len(share), p=others / others.sum()))
    return state


def _rises(
    time: np.ndarray, state: np.ndarray, often: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Accelerations in bpm at each beat, and when they start."""
    chance = often * np.asarray(ACCELERATIONS_PER_MIN)[state] * (time[1] - time[0]) / 60.0
    total, starts = np.zeros(len(time)), np.flatnonzero(rng.random(len(time)) < chance)
    for beat in starts:
        height = rng.uniform(*ACCELERATION_BPM[state[beat]])
        total = np.maximum(total, height * _hump(time - time[beat], rng))
    return total, time[starts]


def _falls(
    time: np.ndarray, often: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Decelerations in bpm, as positive depths, at each beat, and when they start."""
    chance = often * DECELERATIONS_PER_MIN * (time[1] - time[0]) / 60.0
    total, starts = np.zeros(len(time)), np.flatnonzero(rng.random(len(time)) < chance)
    for beat in starts:
        total = np.maximum(total, rng.uniform(*DECELERATION_BPM) * _hump(time - time[beat], rng))
    return total, time[starts]


def _hump(since_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smooth rise to 1 and fall that starts at 0 s and lasts as an acceleration does."""
    phase = np.clip(since_s / rng.uniform(*ACCELERATION_S), 0.0, 1.0)
    return np.asarray(np.sin(np.pi * phase) ** 2)


def _correlated(count: int, length: float, rng: np.random.Generator) -> np.ndarray:
    """`(count,)` unit-variance noise that forgets over `length` samples."""
    keep = float(np.exp(-1.0 / length))
    white = rng.normal(size=count)
    drive = np.sqrt(1 - keep**2)
    return np.asarray(lfilter([drive], [1.0, -keep], white, zi=[keep * rng.normal()])[0])
