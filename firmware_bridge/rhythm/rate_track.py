"""Heart rate of every window in the light of its neighbours: a hidden Markov model.

States are the rates of `BEAT_BPM` and "no pulse". A window speaks for a rate by its
autocorrelation at that lag and at twice the lag; rates move little from window to window
(Laplace in the logarithm), seldom jump, and come and go. The posterior of the forward-backward
pass (Rabiner 1989) is the confidence, so it can be read as a probability. The numbers were
chosen on simulated recordings of every quality class, with one real ten-minute recording in view:
it is a check, but not an independent one.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from firmware_bridge.rhythm.lags import (
    BEAT_BPM,
    BEAT_LAGS,
    BEAT_S,
    LAG_STEP_S,
    LAGS_S,
    PRIOR,
    SECOND_BEAT_WEIGHT,
    TWICE_LAGS,
    vertex,
)

EVIDENCE_WEIGHT = 25.0  # log likelihood of a full repetition over none
NO_PULSE_EVIDENCE = 0.27  # what a window without a beat repeats at its best lag
STEP_LOG = 0.03  # mean change of the rate between windows, 4 bpm at 140 bpm
JUMP, LOSE, FIND = 1e-3, 0.02, 0.2  # chances: to another rate, to no pulse, from no pulse
NEAR_LOG = 0.04  # rates this close are one answer
DEAD_SHARE = 0.3  # a window with more silence has no say
SILENT_LOG = -5.0  # how little a dead window speaks for any rate


class RateTrack(NamedTuple):
    """`bpm` and `confidence` (0 to 1), both `(windows,)`; a rate stands even where unsure."""

    bpm: np.ndarray
    confidence: np.ndarray


def track_rate(autocorrelation: np.ndarray, dead_share: np.ndarray) -> RateTrack:
    """The `RateTrack` of consecutive windows from `(windows, lags)` and `(windows,)`.

    The confidence is the probability that the window has a pulse within 4 % of the rate.
    """
    speaks = _likelihood(autocorrelation, dead_share)
    posterior = _posterior(speaks)[:, :-1]
    mass = posterior @ _near()
    best = mass.argmax(axis=1)
    confidence = mass[np.arange(len(best)), best]
    return RateTrack(_refined(autocorrelation, best), np.clip(confidence, 0.0, 1.0))


def evidence(autocorrelation: np.ndarray) -> np.ndarray:
    """How far each window repeats itself at each rate, `(windows, rates)`, at most 1."""
    once, twice = autocorrelation[:, BEAT_LAGS], autocorrelation[:, TWICE_LAGS]
    return np.asarray((once + SECOND_BEAT_WEIGHT * twice) / (1.0 + SECOND_BEAT_WEIGHT) * PRIOR)


def _likelihood(autocorrelation: np.ndarray, dead_share: np.ndarray) -> np.ndarray:
    """`(windows, rates + 1)`, the last column for no pulse; each row has a largest value of 1."""
    log = np.full((len(autocorrelation), len(BEAT_S) + 1), EVIDENCE_WEIGHT * NO_PULSE_EVIDENCE)
    log[:, :-1] = EVIDENCE_WEIGHT * evidence(autocorrelation)
    dead = dead_share > DEAD_SHARE
    log[dead, :-1], log[dead, -1] = SILENT_LOG, 0.0
    return np.exp(log - log.max(axis=1, keepdims=True))


@cache
def _near() -> np.ndarray:
    distance = np.abs(np.log(BEAT_BPM[:, None] / BEAT_BPM[None]))
    return (distance < NEAR_LOG).astype(np.float64)


@cache
def _transitions() -> tuple[np.ndarray, np.ndarray]:
    """Chances from state to state, and of each state at the start."""
    usual = PRIOR / BEAT_S  # lags are evenly spaced, beliefs are about the log of the rate
    usual /= usual.sum()
    step = np.exp(-np.abs(np.log(BEAT_BPM[:, None] / BEAT_BPM[None])) / STEP_LOG) / BEAT_S
    step = (1 - JUMP) * step / step.sum(axis=1, keepdims=True) + JUMP * usual
    states = len(BEAT_S)
    chance = np.empty((states + 1, states + 1))
    chance[:-1, :-1], chance[:-1, -1] = (1 - LOSE) * step, LOSE
    chance[-1, :-1], chance[-1, -1] = FIND * usual, 1 - FIND
    return chance, np.append(0.5 * usual, 0.5)


def _posterior(speaks: np.ndarray) -> np.ndarray:
    """Probability of each state in each window, given all windows."""
    chance, start = _transitions()
    ahead, behind = np.empty_like(speaks), np.ones_like(speaks)
    for at, row in enumerate(speaks):
        reached = start if at == 0 else ahead[at - 1] @ chance
        ahead[at] = reached * row / (reached * row).sum()
    for at in range(len(speaks) - 2, -1, -1):
        back = chance @ (speaks[at + 1] * behind[at + 1])
        behind[at] = back / back.sum()
    joint = ahead * behind
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


def _refined(autocorrelation: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Rates in bpm at the top of the curve within two lags of each best state."""
    around = BEAT_LAGS[np.clip(best[:, None] + np.arange(-2, 3), 1, len(BEAT_LAGS) - 2)]
    rows = np.arange(len(best))
    at = around[rows, autocorrelation[rows[:, None], around].argmax(axis=1)]
    offset = vertex(*(autocorrelation[rows, at + step] for step in (-1, 0, 1)))
    return np.asarray(60.0 / (LAGS_S[at] + LAG_STEP_S * offset))
