"""About thirty numbers of a window, none of which depends on its level.

Each is meant to be readable by who corrects the simulator: where the power lies, how the sound is
distributed, how its envelope swells, how beats differ from each other.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import signal
from scipy.stats import kurtosis, skew

from benchmarks.rate_methods import published
from benchmarks.realism.sound_measures import (
    USUAL_BPM,
    beat_peaks,
    highest_repeat,
    peak_variation,
    spectrum_measures,
)
from fetal_hemo.constants import SAMPLE_RATE_HZ

NARROW_EDGES_HZ = (60, 100, 150, 200, 250, 300, 350, 400, 450)  # what 1 kHz sound holds
WIDE_EDGES_HZ = (*NARROW_EDGES_HZ, 600, 800, 1_000, 1_500)
SLOW_EDGES_HZ = (0.5, 1.5, 3.5, 7.0, 12.0)  # of the envelope: sway, beat, twice, finer
LOW_BAND_HZ, HIGH_BAND_HZ = (120.0, 230.0), (260.0, 450.0)
ENVELOPE_STEP = 20  # envelopes at 200 Hz
PIECE = 100  # of them: half a second
TINY = 1e-12


def features(windows: np.ndarray, edges_hz: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Each feature as `(windows,)`, of `(windows, 15000)`; band edges as long as the sound goes."""
    envelopes = published.envelopes(windows)
    rates = np.array([published.rate_of(envelope) for envelope in envelopes])
    return {
        **_spectrum(windows, edges_hz),
        **_samples(windows),
        **_envelope(envelopes[:, ::ENVELOPE_STEP]),
        **_repeats(envelopes),
        **_beats(windows, rates),
        **_bands(windows),
    }


def _spectrum(windows: np.ndarray, edges_hz: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Power of each band in dB of all bands, quantiles in Hz, and how flat the spectrum is."""
    frequency, power = signal.welch(windows, SAMPLE_RATE_HZ, nperseg=1_000, axis=1)
    inside = (frequency >= edges_hz[0]) & (frequency < edges_hz[-1])
    total = power[:, inside].sum(axis=1)
    found = {}
    for low, high in pairwise(edges_hz):
        band = power[:, (frequency >= low) & (frequency < high)].sum(axis=1)
        found[f"power_{low}_{high}_hz_db"] = 10 * np.log10(band / total + TINY)
    quantiles, _ = spectrum_measures(windows)
    for name, column in zip(("f05", "f50", "f95"), quantiles, strict=True):
        found[f"{name}_octaves"] = np.log2(column)
    log_power = np.log(power[:, inside] + TINY * total[:, None])
    found["spectral_flatness"] = log_power.mean(axis=1) - np.log(power[:, inside].mean(axis=1))
    return found


def _samples(windows: np.ndarray) -> dict[str, np.ndarray]:
    rms = windows.std(axis=1)
    crossings = np.diff(np.signbit(windows), axis=1).mean(axis=1)
    return {
        "sample_kurtosis_log": np.log(kurtosis(windows, axis=1, fisher=False)),
        "crest_db": 20 * np.log10(np.abs(windows).max(axis=1) / rms),
        "zero_crossings_octaves": np.log2(crossings + TINY),
    }


def _envelope(tracks: np.ndarray) -> dict[str, np.ndarray]:
    """Shape of the log envelope, its sway from half second to half second, its modulations."""
    log = 20 * np.log10(tracks + TINY)
    low, middle, high = np.quantile(log, (0.05, 0.50, 0.95), axis=1)
    pieces = log[:, : log.shape[1] // PIECE * PIECE].reshape(len(log), -1, PIECE).mean(axis=2)
    found = {
        "envelope_depth_db": high - low,
        "envelope_upper_half": (high - middle) / (high - low),
        "log_envelope_skewness": skew(log, axis=1),
        "log_envelope_kurtosis": kurtosis(log, axis=1),
        "half_second_sway_db": pieces.std(axis=1),
    }
    frequency, power = signal.periodogram(tracks, SAMPLE_RATE_HZ / ENVELOPE_STEP, axis=1)
    total = power[:, (frequency >= SLOW_EDGES_HZ[0]) & (frequency < SLOW_EDGES_HZ[-1])].sum(axis=1)
    for low_hz, high_hz in pairwise(SLOW_EDGES_HZ):
        band = power[:, (frequency >= low_hz) & (frequency < high_hz)].sum(axis=1)
        found[f"modulation_{low_hz:g}_{high_hz:g}_hz_db"] = 10 * np.log10(band / total + TINY)
    return found


def _repeats(envelopes: np.ndarray) -> dict[str, np.ndarray]:
    curves = np.array([published.autocorrelation(envelope) for envelope in envelopes])
    tenth = SAMPLE_RATE_HZ // 10
    return {
        "envelope_autocorrelation": np.array([highest_repeat(one) for one in envelopes]),
        "autocorrelation_0.05_s": curves[:, tenth // 2],
        "autocorrelation_0.1_s": curves[:, tenth],
        "autocorrelation_0.2_s": curves[:, 2 * tenth],
    }


def _beats(windows: np.ndarray, rates_bpm: np.ndarray) -> dict[str, np.ndarray]:
    peaks = beat_peaks(windows, np.where(np.isfinite(rates_bpm), rates_bpm, USUAL_BPM))
    steps = [np.abs(np.diff(beats)).mean() / beats.mean() for beats in peaks]
    return {
        "beat_peak_variation": np.array([peak_variation(beats) for beats in peaks]),
        "beat_to_beat_step": np.array(steps),
    }


def _bands(windows: np.ndarray) -> dict[str, np.ndarray]:
    """Whether low and high pitches swell together, and which of them swell deeper."""
    low, high = (_log_band(windows, band) for band in (LOW_BAND_HZ, HIGH_BAND_HZ))
    together = [np.corrcoef(one, other)[0, 1] for one, other in zip(low, high, strict=True)]
    return {
        "low_and_high_band_together": np.array(together),
        "low_band_swell_db": low.std(axis=1),
        "high_band_swell_db": high.std(axis=1),
    }


def _log_band(windows: np.ndarray, band_hz: tuple[float, float]) -> np.ndarray:
    """Log envelope `(windows, time)` in dB at 200 Hz of one band."""
    band = signal.butter(3, band_hz, "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    smooth = signal.butter(1, published.ENVELOPE_HZ, fs=SAMPLE_RATE_HZ, output="sos")
    loud = np.abs(signal.sosfiltfilt(band, windows, axis=1))
    track = signal.sosfiltfilt(smooth, loud, axis=1)[:, ::ENVELOPE_STEP]
    least = TINY + 1e-3 * track.mean(axis=1, keepdims=True)
    return np.asarray(20 * np.log10(np.maximum(track, least)))
