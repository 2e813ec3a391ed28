"""Pitches that move as no voice does: beating carriers, sirens, hash of a detuned receiver.

Every number is our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.narrowband import control_length, narrowband, upsample, wander

PITCH_HZ = (200.0, 1_500.0)
# Nothing here repeats at 1-8 Hz: at a pulse's rate and overtones it could not be told from one.
BEAT_HZ, SWING_HZ = (8.0, 60.0), (8.0, 45.0)
HASH_S = (0.002, 0.2)


def beating(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Two to four carriers so close that they beat, float32 `(samples,)`."""
    time, centre = np.arange(samples) / SAMPLE_RATE_HZ, rng.uniform(*PITCH_HZ)
    sound = np.zeros(samples)
    for _ in range(int(rng.integers(2, 5))):
        apart = np.exp(rng.uniform(*np.log(BEAT_HZ))) * rng.choice([-1, 1])
        drift = rng.uniform(-0.5, 0.5) * time
        turns = (centre + apart + drift) * time + rng.random()
        sound += rng.uniform(0.4, 1.0) * np.cos(2 * np.pi * (turns % 1.0))
    return sound.astype(np.float32)


def siren(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A pitch that swings at a fixed rate, perhaps with overtones, float32 `(samples,)`."""
    time = np.arange(samples) / SAMPLE_RATE_HZ
    swing = np.sin(2 * np.pi * (np.exp(rng.uniform(*np.log(SWING_HZ))) * time + rng.random()))
    swing = np.sign(swing) * np.abs(swing) ** rng.choice([0.2, 1.0, 1.0])
    depth = np.exp(rng.uniform(np.log(0.01), np.log(0.5)))
    return _tone(rng.uniform(*PITCH_HZ) * (1 + depth * swing), rng)


def detuned(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A receiver beside the station: a pitch thrown about by noise, float32 `(samples,)`."""
    length = control_length(samples)
    shake = wander(length, np.exp(rng.uniform(*np.log(HASH_S))), rng)
    depth = np.exp(rng.uniform(np.log(0.02), np.log(0.5)))
    pitch = np.clip(rng.uniform(*PITCH_HZ) * (1 + depth * shake), 30.0, 1_900.0)
    return _tone(upsample(pitch, samples), rng)


def squelch(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A receiver's noise that a gate opens and shuts at once, float32 `(samples,)`."""
    length = control_length(samples)
    mean = np.exp(rng.uniform(np.log(5.0), np.log(60.0), 2))
    turns = np.arange(800) % 2
    dwell = 1 + rng.exponential(1.0, 800) * mean[turns]
    gate = np.resize(np.repeat(turns == 0, dwell.astype(int)), length)
    centre = np.full(length, rng.uniform(500.0, 1_300.0))
    width = float(rng.uniform(80.0, 500.0))
    return narrowband(centre, gate + rng.uniform(0, 0.15), width, samples, rng)


def heterodyne(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Whistles that fall to zero and rise again as two senders drift past each other."""
    time, sound = np.arange(samples) / SAMPLE_RATE_HZ, np.zeros(samples, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        speed = np.exp(rng.uniform(np.log(60.0), np.log(4_000.0))) * rng.choice([-1, 1])
        middle = rng.uniform(0.0, time[-1])
        pitch = np.abs(speed * (time - middle)) + rng.uniform(0, 300)
        if rng.random() < 0.5:  # again and again
            pitch = 100 + np.abs((pitch % 2_600) - 1_300)
        audible = np.clip((1_900.0 - pitch) / 200.0, 0, 1)
        sound += (audible * _tone(np.minimum(pitch, 1_950.0), rng)).astype(np.float32)
    return sound


KINDS = (beating, siren, detuned, squelch, heterodyne)


def _tone(pitch_hz: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A tone along `(samples,)` pitches, at times with overtones, float32."""
    turns = np.cumsum(pitch_hz, dtype=np.float64) / SAMPLE_RATE_HZ + rng.random()
    sound = np.cos(2 * np.pi * (turns % 1.0))
    if rng.random() < 0.4:
        overtones = rng.uniform(0, 0.6, 2) * (np.outer(pitch_hz, (2, 3)) < 1_900.0)
        for row, overtone in zip(overtones.T, (2, 3), strict=True):
            sound += row * np.cos(2 * np.pi * (overtone * turns % 1.0))
    return sound.astype(np.float32)
