"""Other interference: keyed and warbling carriers, switched supplies, time slots, data bursts."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter, resample_poly

from fetal_hemo.constants import SAMPLE_RATE_HZ

SLOT_RATES_HZ = (216.68, 108.34, 100.0, 200.0)  # GSM full and half rate, DECT, double slots
FINE = 6  # time slots are drawn at 24 kHz: a burst lasts 0.4 to 1.2 ms


def am_carrier(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A whistle whose loudness is modulated by a tone, float32 `(samples,)`."""
    time = np.arange(samples) / SAMPLE_RATE_HZ
    depth, rate = rng.uniform(0, 1), np.exp(rng.uniform(np.log(6.0), np.log(150.0)))
    level = 1 + depth * np.sin(2 * np.pi * rate * time)
    return (level * np.cos(2 * np.pi * rng.uniform(500, 1_250) * time)).astype(np.float32)


def fm_carrier(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A whistle that sweeps up and down, float32 `(samples,)`."""
    time = np.arange(samples) / SAMPLE_RATE_HZ
    rate = np.exp(rng.uniform(np.log(0.3), np.log(30.0)))
    pitch = rng.uniform(550, 1_100) * (
        1 + rng.uniform(0.01, 0.25) * np.sin(2 * np.pi * rate * time)
    )
    return np.cos(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ).astype(np.float32)


def supply(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Spikes of a rectifier or dimmer that ring, twice a mains period, float32 `(samples,)`."""
    rate = float(rng.choice([100.0, 120.0]))
    phase = (np.arange(samples) * rate / SAMPLE_RATE_HZ + rng.random()) % 1.0
    spikes = (np.diff(phase, prepend=phase[-1]) < 0) * 1.0
    pole = rng.uniform(0.6, 0.95) * np.exp(2j * np.pi * rng.uniform(200, 1_200) / SAMPLE_RATE_HZ)
    return lfilter([1.0], np.poly([pole, pole.conjugate()]).real, spikes).astype(np.float32)


def time_slots(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A phone's transmitter switched on and off, drawn as it is, float32 `(samples,)`."""
    rate = float(rng.choice(SLOT_RATES_HZ, p=[0.55, 0.15, 0.2, 0.1]))
    cycle = np.arange(samples * FINE) * (rate / (SAMPLE_RATE_HZ * FINE)) + rng.random()
    on = (cycle % 1.0) < rng.uniform(0.1, 0.3)
    frame = cycle.astype(np.int64)
    if rng.random() < 0.6:
        on &= frame % int(rng.choice([26, 13, 52])) != 0
    if rng.random() < 0.4:  # discontinuous transmission
        on &= (frame // 104) % int(rng.integers(2, 5)) != 0
    slots = resample_poly(on.astype(np.float64), 1, FINE)
    return lfilter([1.0, -1.0], [1.0, -rng.uniform(0.3, 0.95)], slots).astype(np.float32)


def data(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Two tones that take turns with the bits of a message, float32 `(samples,)`."""
    length = int(SAMPLE_RATE_HZ / rng.uniform(45.0, 300.0))
    bits = np.repeat(rng.integers(0, 2, samples // length + 1), length)[:samples]
    low = rng.uniform(500.0, 1_100.0)
    pitch = low + rng.uniform(80.0, 300.0) * bits
    return np.cos(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ).astype(np.float32)


KINDS = (time_slots, am_carrier, fm_carrier, supply, data)
KIND_CHANCE = (0.40, 0.20, 0.15, 0.15, 0.10)


def interference(samples: int, rng: np.random.Generator) -> np.ndarray:
    """One interference, steady or in bursts that fill most of the window, float32 `(samples,)`."""
    sound = KINDS[int(rng.choice(len(KINDS), p=KIND_CHANCE))](samples, rng)
    if rng.random() < 0.4:
        edges = np.sort(rng.uniform(0, samples, 2)).astype(int)
        if edges[1] - edges[0] < 0.5 * samples:
            sound[edges[0] : edges[1]] *= 0.05
    return sound
