"""What is not the heart: radio interference, mains, taps, bumps, hiss, silence.

Tags: `S` published or a standard, `I` our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.narrowband import control_length, narrowband, upsample, wander
from fetal_hemo.simulate.sources import add_pulses, arch, click

GSM_FRAME_HZ = 1_733.0 / 8.0  # S: 216.7 Hz, one TDMA frame in 4.615 ms
GSM_IDLE_FRAMES = 26  # S: every 26th frame of a traffic channel is empty
GSM_HARMONICS = 8  # up to 1.73 kHz
MAINS_HZ = (50.0, 60.0)  # S
TONE_HZ = (450.0, 1_300.0)  # I, S: interference adds 600-1,200 Hz
BURST_S, GAP_S = (0.3, 6.0), (0.05, 1.5)  # I: a phone talks to its tower in bursts


def unit(samples: np.ndarray) -> np.ndarray:
    """`(time,)` scaled to RMS 1."""
    return samples / (np.sqrt(np.mean(samples * samples, dtype=np.float64)) + 1e-9).astype(
        np.float32
    )


def gsm(samples: int, rng: np.random.Generator) -> np.ndarray:
    """GSM buzz: a 217 Hz comb with idle frames, float32 `(samples,)`."""
    time = np.arange(samples, dtype=np.float64) / SAMPLE_RATE_HZ
    frame = (time + rng.random()) * GSM_FRAME_HZ * (1 + 1e-3 * rng.standard_normal())
    turn = np.exp(2j * np.pi * (frame % 1.0)).astype(np.complex64)
    power, sound = np.ones_like(turn), np.zeros(samples, np.float32)
    tilt = rng.uniform(-1.2, 0.5)
    for harmonic in range(1, GSM_HARMONICS + 1):
        power *= turn
        weight = harmonic**tilt * rng.lognormal(0, 0.7) * np.exp(2j * np.pi * rng.random())
        sound += (power * np.complex64(weight)).real
    if rng.random() < 0.7:
        sound[(frame.astype(np.int64) % GSM_IDLE_FRAMES) == 0] = 0
    return sound


def tones(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Whistles and carriers that wander or warble, float32 `(samples,)`."""
    length, sound = control_length(samples), np.zeros(samples, np.float32)
    for _ in range(rng.integers(1, 4)):
        centre = rng.uniform(*TONE_HZ) * (1 + rng.uniform(0, 0.05) * wander(length, 0.5, rng))
        level = np.exp(rng.uniform(0, 0.8) * wander(length, rng.uniform(0.02, 1.0), rng))
        sound += narrowband(centre, level, float(rng.choice([0.5, 4.0, 40.0])), samples, rng)
    return sound


def mains(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Mains hum and its harmonics, float32 `(samples,)`."""
    time = np.arange(samples) * (float(rng.choice(MAINS_HZ)) / SAMPLE_RATE_HZ)
    sound = np.zeros(samples)
    for harmonic in range(1, int(rng.integers(6, 26))):
        weight = rng.lognormal(0, 0.8) * harmonic ** -rng.uniform(0.0, 0.8)
        weight *= 1.0 if harmonic % 2 else 0.4
        sound += weight * np.sin(2 * np.pi * (harmonic * time + rng.random()))
    return sound.astype(np.float32)


def buzz(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Pulsed radio noise: noise bursts at a fixed rate of 5-120 Hz, float32 `(samples,)`."""
    length = control_length(samples)
    rate = float(np.exp(rng.uniform(np.log(5.0), np.log(120.0))))
    times = np.arange(rng.random() / rate, samples / SAMPLE_RATE_HZ, 1 / rate)
    shape = arch(float(rng.uniform(0.15, 0.6)) / rate)
    level = add_pulses(times, np.ones(len(times)), shape, length)
    centre = np.full(length, rng.uniform(*TONE_HZ))
    return narrowband(centre, level, float(rng.uniform(30, 300)), samples, rng)


def taps(samples: int, rng: np.random.Generator, per_second: float = 4.0) -> np.ndarray:
    """Knocks on cable or probe: broad short bursts at random times, float32 `(samples,)`."""
    length = control_length(samples)
    count = 1 + rng.poisson(per_second * samples / SAMPLE_RATE_HZ)
    times = rng.uniform(0, samples / SAMPLE_RATE_HZ, count)
    sizes = rng.lognormal(0, 0.8, count)
    level = add_pulses(times, sizes, click(float(rng.uniform(0.004, 0.06))), length)
    centre = np.full(length, rng.uniform(100.0, 900.0))
    return narrowband(centre, level, float(rng.uniform(80.0, 500.0)), samples, rng)


def bursts(samples: int, rng: np.random.Generator) -> np.ndarray:
    """On-off gate `(samples,)` in 0-1 of an interference that comes and goes."""
    length = control_length(samples)
    gate, at, on = np.zeros(length), 0, rng.random() < 0.7
    while at < length:
        count = int(1_000 * rng.uniform(*(BURST_S if on else GAP_S)))
        gate[at : at + count] = on
        at, on = at + count, not on
    return upsample(gate, samples)


KINDS = (gsm, tones, buzz, mains, taps)
KIND_CHANCE = np.array([0.45, 0.25, 0.15, 0.08, 0.07])  # I


def interference(
    samples: int, rng: np.random.Generator, chance: np.ndarray = KIND_CHANCE
) -> np.ndarray:
    """Interference of one or two of `KINDS`, float32 `(samples,)` with RMS 1."""
    count = 1 + int(rng.random() < 0.35)
    chosen = rng.choice(len(KINDS), size=count, replace=False, p=chance)
    sound = np.zeros(samples, np.float32)
    for index in chosen:
        part = unit(KINDS[index](samples, rng)) * float(rng.uniform(0.4, 1.0))
        sound += part * bursts(samples, rng) if rng.random() < 0.5 else part
    return unit(sound)


def hiss(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Receiver noise and clutter, float32 `(samples,)` with RMS 1: white, or mostly mid-band."""
    white = rng.standard_normal(samples, dtype=np.float32)
    if rng.random() < 0.3:
        return white
    length = control_length(samples)
    centre = np.full(length, rng.uniform(200.0, 600.0))
    clutter = narrowband(centre, np.ones(length), rng.uniform(60.0, 250.0), samples, rng)
    return unit(np.float32(rng.uniform(0.1, 0.6)) * white + clutter)


def silence(samples: int, rng: np.random.Generator) -> np.ndarray:
    """An unplugged jack: zeros, a constant, or noise near -89 dBFS; float32 `(samples,)`."""
    kind = rng.random()
    if kind < 0.3:
        return np.zeros(samples, np.float32)
    if kind < 0.45:
        return np.full(samples, rng.uniform(-0.02, 0.02), np.float32)
    level = np.float32(10 ** (rng.uniform(-100, -80) / 20))
    offset = np.float32(rng.uniform(-0.005, 0.005) if rng.random() < 0.3 else 0.0)
    return offset + level * unit(hiss(samples, rng))
