"""Narrow-band random processes: what a cloud of moving scatterers sounds like after demodulation.

Echoes of many scatterers add up to a complex Gaussian process around the Doppler shift of their
mean velocity, as wide as velocities in the beam differ. A hand-held unit mixes it down without
keeping the direction of motion: what is heard is the real part of that quadrature signal.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from fetal_hemo.constants import SAMPLE_RATE_HZ

CONTROL_HZ = 1_000  # amplitude and frequency tracks change no faster than clicks: 5 ms
STEP = SAMPLE_RATE_HZ // CONTROL_HZ
SLOW_WIDTH_HZ = 130.0  # noise this narrow is drawn at the control rate: straight lines between
TAIL_SAMPLES = 400  # run-in of the noise filters, dropped


def control_length(samples: int) -> int:
    """How many control points cover `samples`."""
    return samples * CONTROL_HZ // SAMPLE_RATE_HZ + 2


def upsample(track: np.ndarray, samples: int) -> np.ndarray:
    """Control `track` (control,), real or complex, as `(samples,)` by straight lines, float32."""
    points = track.astype(np.complex64 if np.iscomplexobj(track) else np.float32)
    between = np.arange(STEP, dtype=np.float32) / np.float32(STEP)
    lines = points[:-1, None] + np.diff(points)[:, None] * between
    return lines.reshape(-1)[:samples]


def low_pass_noise(
    samples: int, width_hz: float, rng: np.random.Generator, rate_hz: int = SAMPLE_RATE_HZ
) -> np.ndarray:
    """Complex unit-power Gaussian noise `(samples,)` within about `width_hz` of 0 Hz."""
    white = rng.standard_normal((2, samples + TAIL_SAMPLES), dtype=np.float32)
    keep = np.float32(np.exp(-2 * np.pi * width_hz / rate_hz))
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
    length = len(frequency_hz)
    if width_hz <= SLOW_WIDTH_HZ:
        noise = low_pass_noise(length, width_hz, rng, CONTROL_HZ)
        echo = upsample(noise * amplitude, samples)
    else:
        echo = low_pass_noise(samples, width_hz, rng) * upsample(amplitude, samples)
    turn = upsample_phase(np.cumsum(frequency_hz) / CONTROL_HZ, samples)
    return np.sqrt(np.float32(2)) * (echo.real * np.cos(turn) - echo.imag * np.sin(turn))


def upsample_phase(turns: np.ndarray, samples: int) -> np.ndarray:
    """Phase in radians float32 `(samples,)` from whole and part `turns` (control,), kept small."""
    start = 2 * np.pi * (turns % 1.0)
    steps = 2 * np.pi * np.diff(turns)
    between = np.arange(STEP, dtype=np.float32) / np.float32(STEP)
    lines = start[:-1, None].astype(np.float32) + steps[:, None].astype(np.float32) * between
    return lines.reshape(-1)[:samples]


def wander(length: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Slow unit-variance drift `(length,)` of control points that forgets over `seconds`."""
    step = max(1, int(0.25 * seconds * CONTROL_HZ))
    knots = rng.standard_normal(length // step + 3)
    smooth = lfilter([1, 1, 1], [np.sqrt(3)], np.concatenate([rng.standard_normal(2), knots]))[2:]
    return np.interp(np.arange(length) / step, np.arange(len(smooth)), smooth)
