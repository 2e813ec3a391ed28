"""More interference than phones make: carriers, combs, hopping, sweeping, pulsed, bursts.

Any machine nearby may send; what they share is a pitch that is too steady or too abrupt for a
body. Every number is our inference.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import gsm
from fetal_hemo.simulate.narrowband import control_length, narrowband, upsample, wander

TONE_HZ = (180.0, 1_600.0)
COMB_HZ, HIGHEST_HZ = (35.0, 420.0), 1_800.0
DWELL_S = (0.003, 0.15)
SWEEP_S = (0.02, 1.5)
KEY_HZ = (4.0, 220.0)
BURST_MS = (8.0, 120.0)  # mean length of bursts and of gaps


def steady(samples: int, rng: np.random.Generator) -> np.ndarray:
    """One to three carriers that hardly drift and may flutter, float32 `(samples,)`."""
    length, sound = control_length(samples), np.zeros(samples, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        drift = 1 + rng.uniform(0, 0.02) * wander(length, rng.uniform(0.3, 4.0), rng)
        flutter = np.exp(rng.uniform(0, 0.8) * wander(length, rng.uniform(0.008, 0.5), rng))
        tone = _tone(upsample(rng.uniform(*TONE_HZ) * drift, samples), rng)
        sound += rng.lognormal(0, 0.5) * upsample(flutter, samples) * tone
    return sound


def comb(samples: int, rng: np.random.Generator) -> np.ndarray:
    """All harmonics of one steady pitch, in step as pulses or not, float32 `(samples,)`."""
    pitch = float(np.exp(rng.uniform(*np.log(COMB_HZ))))
    turns = np.arange(samples) * (pitch / SAMPLE_RATE_HZ)
    tilt, sound = rng.uniform(-0.8, 0.3), np.zeros(samples)
    in_step, spread = rng.random() < 0.5, rng.uniform(0.1, 0.9)
    for harmonic in range(1, int(HIGHEST_HZ / pitch) + 1):
        weight = harmonic**tilt * rng.lognormal(0, spread)
        start = 0.0 if in_step else rng.random()
        sound += weight * np.cos(2 * np.pi * (harmonic * turns + start))
    return sound.astype(np.float32)


def hopping(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A tone that jumps between a few pitches, or stops, at random, float32 `(samples,)`."""
    pitches = rng.uniform(*TONE_HZ, int(rng.integers(2, 9)))
    loud = rng.choice([1.0, rng.uniform(0, 1)], len(pitches))
    dwell = np.exp(rng.uniform(*np.log(DWELL_S))) * SAMPLE_RATE_HZ
    lengths = 1 + rng.exponential(dwell, int(2 * samples / dwell) + 8).astype(int)
    choice = np.repeat(rng.integers(0, len(pitches), len(lengths)), lengths)
    choice = np.resize(choice, samples)
    return (loud[choice] * _tone(pitches[choice], rng)).astype(np.float32)


def sweeping(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A whistle that glides from one pitch to another again and again, float32 `(samples,)`."""
    first, last = rng.uniform(*TONE_HZ, 2)
    period = np.exp(rng.uniform(*np.log(SWEEP_S)))
    part = (np.arange(samples) / SAMPLE_RATE_HZ / period + rng.random()) % 1.0
    if rng.random() < 0.5:  # there and back
        part = 1 - np.abs(2 * part - 1)
    return _tone(first + (last - first) * part, rng)


def pulsed(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A tone keyed on and off at a fixed rate, float32 `(samples,)`."""
    rate = np.exp(rng.uniform(*np.log(KEY_HZ)))
    on = (np.arange(samples) / SAMPLE_RATE_HZ * rate + rng.random()) % 1.0 < rng.uniform(0.15, 0.8)
    soft = uniform_filter1d(on.astype(np.float32), int(rng.integers(1, 20)))
    tone = _tone(np.full(samples, rng.uniform(*TONE_HZ)), rng)
    return (rng.uniform(0, 0.5) + soft) * tone


def bursty(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Signalling: radio noise or a phone's comb in bursts at random times, float32 `(samples,)`."""
    length = control_length(samples)
    dwell = 1 + rng.exponential(rng.uniform(*BURST_MS), length // 4 + 8).astype(int)
    on = np.resize(np.repeat(np.arange(len(dwell)) % 2, dwell), length).astype(float)
    level = uniform_filter1d(on * np.exp(0.5 * wander(length, 0.05, rng)), 3)
    if rng.random() < 0.4:
        return upsample(level, samples) * gsm(samples, rng)
    centre = np.full(length, rng.uniform(450.0, 1_300.0))
    return narrowband(centre, level, float(rng.uniform(20.0, 300.0)), samples, rng)


KINDS = (steady, comb, hopping, sweeping, pulsed, bursty)


def _tone(frequency_hz: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A tone of RMS 0.7 that follows `(samples,)` frequencies, float32."""
    turns = np.cumsum(frequency_hz, dtype=np.float64) / SAMPLE_RATE_HZ + rng.random()
    return np.cos(2 * np.pi * (turns % 1.0)).astype(np.float32)
