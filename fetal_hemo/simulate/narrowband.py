"""Narrow-band random processes: what a cloud of moving scatterers sounds like after demodulation.

Echoes of many scatterers add up to a complex Gaussian process; its centre follows their mean
velocity and its width the spread of velocities in the beam.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from fetal_hemo.constants import SAMPLE_RATE_HZ

CONTROL_HZ = 1_000  # amplitude and frequency tracks change no faster than clicks: 5 ms
TAIL_SAMPLES = 400  # run-in of the noise filters, dropped


def control_length(samples: int) -> int:
    """How many control points cover `samples`."""
    return samples * CONTROL_HZ // SAMPLE_RATE_HZ + 2


def upsample(track: np.ndarray, samples: int) -> np.ndarray:
    """Control `track` (control,) as float32 `(samples,)` by straight lines."""
    at = np.arange(samples) * (CONTROL_HZ / SAMPLE_RATE_HZ)
    return np.interp(at, np.arange(len(track)), track).astype(np.float32)


def low_pass_noise(samples: int, width_hz: float, rng: np.random.Generator) -> np.ndarray:
    """Complex unit-power Gaussian noise `(samples,)` within about `width_hz` of 0 Hz."""
    white = rng.standard_normal((2, samples + TAIL_SAMPLES), dtype=np.float32)
    keep = np.float32(np.exp(-2 * np.pi * width_hz / SAMPLE_RATE_HZ))
    taps = np.array([1, -2 * keep, keep * keep], np.float32)  # two poles: tails fall 12 dB/octave
    gain = np.sqrt((1 - keep**2) ** 3 / (1 + keep**2))
    shaped = lfilter(np.array([gain], np.float32), taps, white)[:, TAIL_SAMPLES:]
    return (shaped[0] + 1j * shaped[1]) / np.sqrt(np.float32(2))


def narrowband(
    frequency_hz: np.ndarray,
    amplitude: np.ndarray,
    width_hz: float,
    samples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Float32 `(samples,)` at 4 kHz whose centre and RMS follow the `(control,)` tracks."""
    phase = np.cumsum(upsample(frequency_hz, samples), dtype=np.float64)
    phase = (2 * np.pi / SAMPLE_RATE_HZ * phase) % (2 * np.pi)
    noise = low_pass_noise(samples, width_hz, rng)
    turn = phase.astype(np.float32)
    wave = noise.real * np.cos(turn) - noise.imag * np.sin(turn)
    return np.sqrt(np.float32(2)) * upsample(amplitude, samples) * wave


def wander(length: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Slow unit-variance drift `(length,)` of control points that forgets over `seconds`."""
    step = max(1, int(0.25 * seconds * CONTROL_HZ))
    knots = rng.standard_normal(length // step + 3)
    smooth = lfilter([1, 1, 1], [np.sqrt(3)], np.concatenate([rng.standard_normal(2), knots]))[2:]
    return np.interp(np.arange(length) / step, np.arange(len(smooth)), smooth)
