"""Landmarks of a recording: numbers that come again wherever the same sound does.

Four peaks of a spectrogram and their distances make one landmark (Wang, ISMIR 2003; in groups as
in Six & Leman, ISMIR 2014). A Doppler sound is speckle: chance places the peaks, so two recordings
of one heart share next to none. A peak is only larger than its surroundings: gain and polarity
leave it where it is. Pitch and speed are taken to be the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from fetal_hemo.constants import SAMPLE_RATE_HZ

RATE_HZ = 1_000
LOW_HZ, HIGH_HZ = 60.0, 450.0  # kept by a 1 kHz source and by every codec of a phone
WINDOW, FFT, HOP = 64, 128, 8  # samples at 1 kHz
HALF_FRAMES, HALF_BINS = 12, 7  # a peak is the largest within 96 ms and 55 Hz: about 7.5 a second
BLOCK_FRAMES = 7_500  # a minute at a time keeps memory flat
QUIETEST = 1e-6  # digital silence has no peaks

FOLLOWERS = 6  # the other three peaks are among the next six
TIME_STEP_S, FREQUENCY_STEP_HZ = 0.016, 12.0
KEEP_ONE_IN = 8  # of all possible landmarks, by their value: copies keep the same ones


@dataclass(frozen=True)
class Landmarks:
    """`value` `(n,)` uint32, each once, and `time_s` `(n,)` float32 where it begins.

    About 18 a second, which is 90 kB for ten minutes; 27 bits of a value tell recordings apart.
    """

    value: NDArray[np.uint32]
    time_s: NDArray[np.float32]


def to_low_rate(samples: np.ndarray) -> np.ndarray:
    """The `(time,)` samples at 1 kHz of `(time,)` samples at 4 kHz."""
    return np.asarray(soxr.resample(samples, SAMPLE_RATE_HZ, RATE_HZ), dtype=np.float32)


def landmarks_of(samples: np.ndarray) -> Landmarks:
    """The `Landmarks` of samples `(time,)` at 4 kHz; none for silence."""
    low = to_low_rate(samples)
    if len(low) < WINDOW:
        return Landmarks(np.empty(0, np.uint32), np.empty(0, np.float32))
    times, frequencies = (np.concatenate(parts) for parts in zip(*_peaks(low), strict=True))
    order = np.argsort(times, kind="stable")
    return _groups(times[order], frequencies[order])


def _peaks(low: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Times (s) and frequencies (Hz) of the peaks, block by block."""
    frames = np.lib.stride_tricks.sliding_window_view(low, WINDOW)[::HOP]
    for start in range(0, len(frames), BLOCK_FRAMES):
        stop = min(start + BLOCK_FRAMES, len(frames))
        first, last = max(0, start - HALF_FRAMES), min(len(frames), stop + HALF_FRAMES)
        frame, frequency = _peaks_of(frames[first:last])
        frame += first
        inside = (frame >= start) & (frame < stop)
        yield frame[inside] * HOP / RATE_HZ, frequency[inside]


def _peaks_of(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frame numbers and frequencies (Hz), both between the grid points."""
    taper = np.hanning(WINDOW).astype(np.float32)
    low, high = (int(limit * FFT / RATE_HZ) for limit in (LOW_HZ, HIGH_HZ))
    size = np.abs(np.fft.rfft(frames * taper, FFT, axis=1))[:, low:high].astype(np.float32)
    around = (2 * HALF_FRAMES + 1, 2 * HALF_BINS + 1)
    peak = (size == maximum_filter(size, around)) & (size > QUIETEST)
    peak[0] = peak[-1] = False
    peak[:, 0] = peak[:, -1] = False
    t, f = np.nonzero(peak)
    log = np.log(size + np.float32(1e-20))
    frame = t + _vertex(log[t - 1, f], log[t, f], log[t + 1, f])
    place = f + low + _vertex(log[t, f - 1], log[t, f], log[t, f + 1])
    return frame, place * RATE_HZ / FFT


def _vertex(before: np.ndarray, at: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where between -0.5 and 0.5 the parabola through three points is highest."""
    bend = before - 2 * at + after
    safe = np.where(np.abs(bend) > 1e-9, bend, np.inf)
    return np.clip(0.5 * (before - after) / safe, -0.5, 0.5)


def _groups(times: np.ndarray, frequencies: np.ndarray) -> Landmarks:
    step = np.round(frequencies / FREQUENCY_STEP_HZ).astype(np.uint64)
    values, starts = [np.empty(0, np.uint32)], [np.empty(0)]
    for group in combinations(range(1, FOLLOWERS + 1), 3):
        count = max(0, len(times) - group[-1])
        value, last = step[:count], times[:count]
        for place in group:
            then = times[place : place + count]
            gap = np.clip(np.round((then - last) / TIME_STEP_S), 0, 255).astype(np.uint64)
            value = (value << np.uint64(6) | step[place : place + count]) << np.uint64(8) | gap
            last = then
        mixed = _mixed(value)
        kept = mixed % KEEP_ONE_IN == 0
        values.append(mixed[kept])
        starts.append(times[:count][kept])
    each, first = np.unique(np.concatenate(values), return_index=True)
    return Landmarks(each, np.concatenate(starts)[first].astype(np.float32))


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Well-spread 32 bits of each value (the first steps of SplitMix64, Steele 2014)."""
    mixed = value * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(32)).astype(np.uint32)
