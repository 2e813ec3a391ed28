"""Plain autocorrelation: rectified band-pass, smoothed; the highest peak in the fetal range."""

from __future__ import annotations

import numpy as np
from scipy import signal

RATE_HZ, ENVELOPE_HZ = 4_000, 200
BAND_HZ, SMOOTHING_HZ = (25.0, 600.0), 15.0
RANGE_S = (0.2873, 0.8391)


def heart_rates(windows: np.ndarray) -> np.ndarray:
    """Rates `(windows,)` in bpm; every window gets one."""
    band = signal.butter(2, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")
    smooth = signal.butter(2, SMOOTHING_HZ, fs=RATE_HZ, output="sos")
    step = RATE_HZ // ENVELOPE_HZ
    loud = np.abs(signal.sosfiltfilt(band, windows, axis=1))
    envelopes = signal.sosfiltfilt(smooth, loud, axis=1)[:, ::step]
    return np.array([_rate(row - row.mean()) for row in envelopes])


def _rate(envelope: np.ndarray) -> float:
    curve = signal.correlate(envelope, envelope, method="fft")[len(envelope) - 1 :]
    first, last = (round(edge * ENVELOPE_HZ) for edge in RANGE_S)
    lag = first + int(np.argmax(curve[first : last + 1]))
    return 60.0 * ENVELOPE_HZ / lag
