"""The published autocorrelation method (Valderrama 2019, Physiol Meas 40:025005), written anew.

Constants as published (lineage, section 3.5): zero-phase band-pass 25-600 Hz, spike removal
(Schmidt 2010), homomorphic envelope below 14.7947 Hz, autocorrelation, peaks at least 1/3 s apart
in 0.2873-0.8391 s; of two peaks in the ratio 0.48-0.52 the first counts, else the first when it is
at least 0.6501 of the second, else the second.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

RATE_HZ = 4_000
STOP_HZ, PASS_HZ = (10.0, 615.0), (25.0, 600.0)
RIPPLE_DB, STOP_DB = 1.0, 60.0
ENVELOPE_HZ = 14.7947
SEARCH_S = (0.2873, 0.8391)
PEAK_DISTANCE_S = 1.0 / 3.0
HALF_RATIO = (0.48, 0.52)
FIRST_PEAK_RATIO = 0.6501
SPIKE_WINDOW_S, SPIKE_FACTOR = 0.5, 3.0
TINY = 1e-12


def heart_rates(windows: np.ndarray) -> np.ndarray:
    """Rates `(windows,)` in bpm; NaN where the method finds no peak."""
    return np.array([rate_of(envelope) for envelope in envelopes(windows)])


def envelopes(windows: np.ndarray) -> np.ndarray:
    """Homomorphic envelopes `(windows, time)` at 4 kHz."""
    taps = _band_pass()
    low = signal.butter(1, ENVELOPE_HZ, fs=RATE_HZ, output="sos")
    return np.array([_envelope(window.astype(np.float64), taps, low) for window in windows])


def autocorrelation(envelope: np.ndarray) -> np.ndarray:
    """Autocorrelation `(time,)` of an envelope `(time,)` about its mean; 1 at lag 0."""
    centred = envelope - envelope.mean()
    curve = signal.correlate(centred, centred, method="fft")[len(centred) - 1 :]
    return np.asarray(curve / max(curve[0], TINY))


def rate_of(envelope: np.ndarray) -> float:
    """The rate in bpm that the method reads from an envelope `(time,)`; NaN without a peak."""
    return _choose(autocorrelation(envelope))


def _band_pass() -> np.ndarray:
    """An equiripple FIR whose order follows from ripple and attenuation (Kaiser's estimate)."""
    ripple, stop = 10 ** (RIPPLE_DB / 20) - 1, 10 ** (-STOP_DB / 20)
    width = (PASS_HZ[0] - STOP_HZ[0]) / RATE_HZ
    order = (-20 * np.log10(np.sqrt(ripple * stop)) - 13) / (14.6 * width)
    edges = (0, STOP_HZ[0], *PASS_HZ, STOP_HZ[1], RATE_HZ / 2)
    taps = 2 * int(np.ceil(order / 2)) + 1
    return signal.remez(
        taps, edges, (0, 1, 0), weight=(ripple / stop, 1, ripple / stop), fs=RATE_HZ
    )


def _envelope(samples: np.ndarray, taps: np.ndarray, low: np.ndarray) -> np.ndarray:
    padded = np.pad(samples - samples.mean(), len(taps), mode="reflect", reflect_type="odd")
    once = signal.oaconvolve(padded, taps, mode="same")
    band = signal.oaconvolve(once[::-1], taps, mode="same")[::-1][len(taps) : -len(taps)]
    clean = _without_spikes(band)
    loud = np.log(np.abs(signal.hilbert(clean)) + TINY)
    return np.asarray(np.exp(signal.sosfiltfilt(low, loud)))


def _without_spikes(samples: np.ndarray) -> np.ndarray:
    """Schmidt's rule: while a half second peaks at over three times the median peak, cut it out."""
    size = int(SPIKE_WINDOW_S * RATE_HZ)
    count = len(samples) // size
    pieces = samples[: count * size].reshape(count, size).copy()
    for _ in range(100):
        peaks = np.abs(pieces).max(axis=1)
        worst = int(peaks.argmax())
        if peaks[worst] <= SPIKE_FACTOR * np.median(peaks):
            break
        piece = pieces[worst]
        top = int(np.abs(piece).argmax())
        signs = np.flatnonzero(np.diff(np.sign(piece)))
        before, after = signs[signs < top], signs[signs >= top]
        start = int(before[-1]) + 1 if len(before) else 0
        stop = int(after[0]) + 1 if len(after) else size
        piece[start:stop] = 1e-4
    return np.concatenate([pieces.reshape(-1), samples[count * size :]])


def _choose(curve: np.ndarray) -> float:
    first, last = (round(edge * RATE_HZ) for edge in SEARCH_S)
    searched = curve[first : last + 1]
    peaks, _ = signal.find_peaks(searched, distance=round(PEAK_DISTANCE_S * RATE_HZ))
    if not len(peaks):
        return float("nan")
    highest = np.sort(peaks[np.argsort(searched[peaks])[::-1][:2]])
    lags = highest + first
    chosen = lags[0]
    if len(lags) == 2 and not HALF_RATIO[0] <= lags[0] / lags[1] <= HALF_RATIO[1]:
        chosen = lags[0] if curve[lags[0]] / curve[lags[1]] >= FIRST_PEAK_RATIO else lags[1]
    return 60.0 * RATE_HZ / float(chosen)
