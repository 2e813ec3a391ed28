"""Rates of 3.75 s epochs from beat times: mean interval, beats counted in fractions.

This is the quantity that Dawes and Redman's variation is defined on, and it is a truer mean than
the lag of an autocorrelation when the rate changes inside the epoch.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.rhythm.rate_track import RateTrack

AGREE_LOG = 0.025  # beats and autocorrelation differ by more: the beats are misplaced
JITTER_TAPS = (0.25, 0.5, 0.25)  # a beat's time is told in part by its neighbours
NEIGHBOURS = 5  # intervals whose mean goes on before the first and after the last beat


def epoch_bpm(beats_s: np.ndarray, track: RateTrack) -> np.ndarray:
    """Rates in bpm `(windows,)`: by beats where they agree with the track, else the track's own."""
    if len(beats_s) < 2 * NEIGHBOURS:
        return track.bpm
    starts = WINDOW_S * np.arange(len(track.bpm) + 1)
    counted = np.diff(np.interp(starts, *_beyond(_steadied(beats_s)))) * 60.0 / WINDOW_S
    agrees = np.abs(np.log(np.maximum(counted, 1.0) / track.bpm)) < AGREE_LOG
    return np.where(agrees, counted, track.bpm)


def _steadied(beats_s: np.ndarray) -> np.ndarray:
    """Beat times `(beats,)` with less of the error of marking each, their course unchanged.

    An epoch's rate hangs on the two beats at its ends; a few ms there look like variation in a
    fetus that has little.
    """
    steadied = beats_s.copy()
    steadied[1:-1] = np.convolve(beats_s, JITTER_TAPS, mode="valid")
    return steadied


def _beyond(beats_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Beat times and their numbers, gone on for one window at both ends."""
    first = (beats_s[NEIGHBOURS] - beats_s[0]) / NEIGHBOURS
    last = (beats_s[-1] - beats_s[-1 - NEIGHBOURS]) / NEIGHBOURS
    before, after = WINDOW_S / first, WINDOW_S / last
    number = np.arange(len(beats_s), dtype=np.float64)
    times = np.concatenate([[beats_s[0] - WINDOW_S], beats_s, [beats_s[-1] + WINDOW_S]])
    return times, np.concatenate([[-before], number, [number[-1] + after]])
