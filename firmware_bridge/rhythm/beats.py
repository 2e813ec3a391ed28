"""Times of the heart beats: a first guess from the loudness, a second from what beats look like.

A beat has several lobes (atrial, systole, early filling) of which any may be the loudest. The mean
beat of the recording, seen in six bands, tells them apart, so the same moment of the cycle is
marked in every beat. That moment is mechanical and differs from the Q wave by a constant.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.rhythm.beat_path import place_beats
from firmware_bridge.rhythm.lags import vertex
from firmware_bridge.rhythm.rate_track import RateTrack

ENVELOPE_RATE_HZ = 100
HALF_BEAT_S = 0.25  # each side of the mark: a little more than a beat in all
SMOOTH_S = 0.015  # the envelope's own rise, not the noise on it
SURE = 0.5  # windows whose rate is at least this probable teach what a beat looks like
ROUNDS = 2
LEAST_DEVIATION = 1e-6
FRAME_CENTRE = 0.25  # a frame is the mean of two of 5 ms, centred on 0 and 5 ms


def find_beats(envelopes: np.ndarray, track: RateTrack) -> np.ndarray:
    """Times in seconds `(beats,)` of the beats in `(windows, bands, frames)` at 100 Hz.

    None where no window has a rate. Beats run on through short gaps; whoever uses them keeps
    those of windows with a rate.
    """
    sure = track.confidence >= SURE
    if not sure.any():
        return np.zeros(0)
    windows, bands, frames = envelopes.shape
    scaled = envelopes - envelopes.mean(axis=-1, keepdims=True)
    scaled /= np.maximum(scaled.std(axis=-1, keepdims=True), LEAST_DEVIATION)
    weights = np.repeat(track.confidence, frames)
    period = _period(track, sure, windows * frames)
    loud = np.einsum("wb,wbf->wf", _band_weights(scaled, track), scaled)
    smooth = np.empty((bands, windows * frames), np.float32)
    for band, row in enumerate(smooth):
        row[:] = _smooth(scaled[:, band].reshape(-1))
    del scaled
    curve = _unit(_smooth(loud.reshape(-1)) * weights)
    beats = place_beats(curve, period, ENVELOPE_RATE_HZ)
    for _ in range(ROUNDS):
        curve = _unit(_likeness(smooth, beats, np.repeat(sure, frames)) * weights)
        beats = place_beats(curve, period, ENVELOPE_RATE_HZ)
    inner = np.clip(beats, 1, len(curve) - 2)
    offset = vertex(*(curve[inner + step] for step in (-1, 0, 1)))
    return np.asarray((beats + FRAME_CENTRE + offset) / ENVELOPE_RATE_HZ)


def _period(track: RateTrack, sure: np.ndarray, frames: int) -> np.ndarray:
    """Expected period in frames at every frame, between the middles of windows that are sure."""
    middle = (np.flatnonzero(sure) + 0.5) * WINDOW_S * ENVELOPE_RATE_HZ
    return np.interp(np.arange(frames), middle, 60.0 / track.bpm[sure] * ENVELOPE_RATE_HZ)


def _band_weights(scaled: np.ndarray, track: RateTrack) -> np.ndarray:
    """`(windows, bands)`: how well each band repeats itself at the window's rate, squared."""
    lags = np.rint(60.0 / track.bpm * ENVELOPE_RATE_HZ).astype(np.int64)
    weights = np.zeros(scaled.shape[:2], np.float32)
    for index, lag in enumerate(lags):
        now, later = scaled[index, :, :-lag], scaled[index, :, lag:]
        weights[index] = np.maximum((now * later).mean(axis=1), 0.0) ** 2
    return weights


def _smooth(row: np.ndarray) -> np.ndarray:
    """A row `(frames,)` under a short Gaussian, float32: a device has little memory."""
    reach = int(4 * SMOOTH_S * ENVELOPE_RATE_HZ)
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (SMOOTH_S * ENVELOPE_RATE_HZ)) ** 2)
    taps = (taps / taps.sum()).astype(np.float32)
    return np.convolve(row, taps, mode="same").astype(np.float32, copy=False)


def _likeness(smooth: np.ndarray, beats: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """How much every frame `(frames,)` looks like the middle of the recording's mean beat."""
    half = int(HALF_BEAT_S * ENVELOPE_RATE_HZ)
    whole = beats[(beats >= half) & (beats < smooth.shape[1] - half)]
    known = whole[sure[whole]]
    if not len(known):
        return smooth.sum(axis=0)
    around = known[:, None] + np.arange(-half, half + 1)
    likeness = np.zeros(smooth.shape[1], np.float32)
    for band in smooth:
        mean_beat = band[around].mean(axis=0)
        mean_beat -= mean_beat.mean()
        likeness += np.correlate(band, mean_beat, mode="same")
    return likeness


def _unit(curve: np.ndarray) -> np.ndarray:
    return curve / max(float(curve.std()), LEAST_DEVIATION)
