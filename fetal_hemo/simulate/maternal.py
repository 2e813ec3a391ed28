"""What the probe hears of the mother: arteries that pulse at her rate, veins that only hiss.

Velocities and shapes follow Doppler charts of uterine, iliac and abdominal vessels in outline
only. Tags: `S` published, `I` our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband, wander
from fetal_hemo.simulate.thumps import thumps

PULSE_BPM = (58.0, 112.0)  # S: 87 +- 12 in pregnancy; I: widened to what an anxious mother has
RATE_SPREAD = (0.005, 0.04)  # I: of the pulse interval, from beat to beat
UPSTROKE, DECAY = (0.10, 0.20), (0.15, 0.60)  # I: of the interval; systole rises fast, falls slowly
DIASTOLE = (0.0, 0.6)  # S: high in the uterine artery, none in the iliac
PEAK_HZ, WIDTH_HZ = (180.0, 1_100.0), (50.0, 300.0)  # I: as the angle happens to be
WALL_CHANCE, WALL_HZ = 0.4, (60.0, 220.0)  # I: the vessel's wall thumps under the flow
BREATH_S = 4.0  # S: about 15 breaths a minute
VEIN_HZ = (120.0, 700.0)  # I


def artery(
    samples: int, rng: np.random.Generator, pulse_bpm: tuple[float, float] = PULSE_BPM
) -> np.ndarray:
    """Smooth broad pulses of an artery, by default one of the mother, float32 `(samples,)`."""
    length = control_length(samples)
    velocity = _velocity(length, pulse_bpm, rng)
    peak = rng.uniform(*PEAK_HZ)
    breath = 1 + 0.15 * wander(length, BREATH_S, rng)
    level = (0.05 + velocity) ** rng.uniform(0.7, 1.6) * np.clip(breath, 0.4, 1.6)
    centre = 60.0 + peak * velocity
    sound = narrowband(centre, level, float(rng.uniform(*WIDTH_HZ)), samples, rng)
    if rng.random() < WALL_CHANCE:
        thump = np.clip(np.gradient(velocity), 0, None)
        thump = np.convolve(thump / (thump.max() + 1e-9), np.hanning(80), mode="same") / 20
        low = np.full(length, rng.uniform(*WALL_HZ))
        sound += float(rng.uniform(0.1, 0.7)) * narrowband(low, thump, 30.0, samples, rng)
    return sound


def vein(samples: int, rng: np.random.Generator) -> np.ndarray:
    """The steady hiss of a vein, umbilical or maternal, that breathes; float32 `(samples,)`."""
    length = control_length(samples)
    breath = np.clip(1 + rng.uniform(0, 0.4) * wander(length, rng.uniform(0.8, 4.0), rng), 0.1, 2)
    centre = rng.uniform(*VEIN_HZ) * (0.6 + 0.4 * breath)
    return narrowband(centre, breath, float(rng.uniform(50.0, 250.0)), samples, rng)


def own_heart(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Beats of the mother's own heart through her body, float32 `(samples,)`."""
    return thumps(samples, rng, PULSE_BPM)


def _velocity(length: int, pulse_bpm: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Flow velocity `(control,)` in 0-1 over beats of a rate within `pulse_bpm`."""
    seconds = length / CONTROL_HZ
    interval = 60.0 / rng.uniform(*pulse_bpm)
    spread = rng.uniform(*RATE_SPREAD)
    count = int(seconds / interval) + 4
    beats = np.cumsum(interval * (1 + spread * rng.standard_normal(count)))
    beats -= interval * (1 + rng.random())
    time = np.arange(length) / CONTROL_HZ
    since = time - beats[np.maximum(np.searchsorted(beats, time, side="right") - 1, 0)]
    up, down = interval * rng.uniform(*UPSTROKE), interval * rng.uniform(*DECAY)
    rest = rng.uniform(*DIASTOLE)
    rise = np.sin(0.5 * np.pi * np.clip(since / up, 0, 1)) ** 2
    fall = np.exp(-np.clip(since - up, 0, None) / down)
    pulse = rest + (1 - rest) * rise * fall
    if rng.random() < 0.3:  # the notch of the closing aortic valve
        notch = np.exp(-0.5 * ((since - up - 0.25 * interval) / (0.05 * interval)) ** 2)
        pulse = np.clip(pulse - rng.uniform(0.1, 0.5) * notch, 0, None)
    return pulse


assert SAMPLE_RATE_HZ % CONTROL_HZ == 0
