"""Electric machines nearby: switching supplies, dimmers, motors with brushes, engines that spark.

Every number is our inference, except the mains' frequency.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import MAINS_HZ
from fetal_hemo.simulate.narrowband import control_length, narrowband, upsample, wander
from fetal_hemo.simulate.packets import ringing

MOTOR_HZ, MOTOR_HARMONICS_HZ = (25.0, 420.0), 1_700.0
SPARK_HZ = (12.0, 70.0)


def supply(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A switching supply: pitches that shake with the mains, float32 `(samples,)`."""
    mains = 2.0 * float(rng.choice(MAINS_HZ))
    time, length = np.arange(samples) / SAMPLE_RATE_HZ, control_length(samples)
    ripple = np.sin(2 * np.pi * (mains * time + rng.random()))
    slow = upsample(wander(length, rng.uniform(0.05, 2.0), rng), samples)
    sound = np.zeros(samples, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        pitch = rng.uniform(250.0, 1_400.0) + rng.uniform(0, 150) * ripple
        pitch = pitch + np.exp(rng.uniform(0.0, 5.0)) * slow
        turns = np.cumsum(pitch, dtype=np.float64) / SAMPLE_RATE_HZ + rng.random()
        level = rng.lognormal(0, 0.5) * (1 + rng.uniform(0, 1) * ripple)
        sound += (level * np.cos(2 * np.pi * (turns % 1.0))).astype(np.float32)
    if rng.random() < 0.5:  # and noise that comes with every half wave
        at = np.arange(length) / 1_000.0
        level = np.abs(np.sin(np.pi * (mains * at + rng.random()))) ** rng.uniform(0.5, 4.0)
        centre = np.full(length, rng.uniform(200.0, 1_200.0))
        width = float(rng.uniform(40.0, 400.0))
        sound += np.float32(rng.uniform(0.2, 2)) * narrowband(centre, level, width, samples, rng)
    return sound


def dimmer(samples: int, rng: np.random.Generator) -> np.ndarray:
    """A lamp dimmer or charger: one ringing edge in every half wave, float32 `(samples,)`."""
    rate = 2.0 * float(rng.choice(MAINS_HZ)) / float(rng.choice([1, 1, 2, 6]))
    times = (np.arange(int(samples / SAMPLE_RATE_HZ * rate) + 1) + rng.random()) / rate
    sizes = np.where(np.arange(len(times)) % 2, rng.uniform(-1, 1), 1.0)
    sizes = sizes * rng.lognormal(0, rng.uniform(0, 0.4), len(times))
    return ringing(times, sizes, samples, rng)


def motor(samples: int, rng: np.random.Generator) -> np.ndarray:
    """The brushes of a motor, which runs up, holds or slows under load, float32 `(samples,)`."""
    length = control_length(samples)
    speed = np.exp(rng.uniform(0, 0.15) * wander(length, rng.uniform(0.3, 3.0), rng))
    speed *= np.linspace(1.0, np.exp(rng.uniform(-0.5, 0.5)), length)
    pitch = np.exp(rng.uniform(*np.log(MOTOR_HZ))) * speed
    turns = np.cumsum(upsample(pitch, samples), dtype=np.float64) / SAMPLE_RATE_HZ
    tilt, sound = rng.uniform(-1.0, 0.3), np.zeros(samples)
    for harmonic in range(1, max(2, int(MOTOR_HARMONICS_HZ / pitch.max()) + 1)):
        phase = 2 * np.pi * ((harmonic * turns + rng.random()) % 1.0)
        sound += harmonic**tilt * rng.lognormal(0, 0.6) * np.cos(phase)
    bars = int(rng.integers(3, 13))  # brush contact differs from bar to bar, turn by turn
    uneven = 1 + rng.uniform(0, 0.8) * np.cos(2 * np.pi * (turns / bars % 1.0))
    noise = 1 + rng.uniform(0, 0.6) * upsample(wander(length, 0.01, rng), samples)
    return (sound * uneven * noise).astype(np.float32)


def ignition(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Sparks of an engine or a relay that rattles, float32 `(samples,)`."""
    rate = np.exp(rng.uniform(*np.log(SPARK_HZ)))
    count = int(samples / SAMPLE_RATE_HZ * rate) + 2
    times = np.cumsum(np.exp(rng.uniform(0, 0.15) * rng.standard_normal(count))) / rate
    sizes = rng.lognormal(0, rng.uniform(0.05, 0.7), count)
    return ringing(times - rng.random() / rate, sizes, samples, rng)


KINDS = (supply, dimmer, motor, ignition)
