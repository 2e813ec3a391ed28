"""Labelled held-out windows of every quality class. Never train on them, never choose by them."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import WINDOW_SAMPLES
from fetal_hemo.simulate.heldout.beats import heart
from fetal_hemo.simulate.heldout.noises import blowing, receiver, room, rustle, taps
from fetal_hemo.simulate.heldout.overdrive import overdriven
from fetal_hemo.simulate.heldout.radio import interference
from fetal_hemo.simulate.heldout.units import draw_unit, filtered, kept
from fetal_hemo.simulate.heldout.vessels import artery, vein
from fetal_hemo.simulate.heldout.voices import voice
from fetal_hemo.simulate.labelled import labelled_windows
from fetal_hemo.simulate.sources import gain
from fetal_hemo.simulate.streams import Purpose

OTHER_SOUNDS = (
    artery,
    vein,
    receiver,
    room,
    rustle,
    taps,
    blowing,
)
OTHER_CHANCE = (0.40, 0.12, 0.16, 0.10, 0.08, 0.06, 0.08)


def held_out_windows(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`(n, 15000)` float32 windows and `(n,)` int64 labels, balanced, window by window."""
    return labelled_windows(MAKERS, Purpose.HELD_OUT_WINDOW, n, seed)


def _one(sound: np.ndarray) -> np.ndarray:
    return sound / (sound.std() + 1e-9)


def _heart_in_noise(noise_db: float, rng: np.random.Generator) -> np.ndarray:
    unit = draw_unit(rng)
    beats = filtered(heart(WINDOW_SAMPLES, rng), unit)
    noise = gain(noise_db) * filtered(receiver(WINDOW_SAMPLES, rng), unit)
    return kept(beats + noise, unit, rng)


def _good(rng: np.random.Generator) -> np.ndarray:
    return _heart_in_noise(rng.uniform(-28.0, -9.0), rng)


def _poor(rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.7:
        return _heart_in_noise(rng.uniform(-3.0, 4.0), rng)
    unit, beats = draw_unit(rng), heart(WINDOW_SAMPLES, rng)  # the beam slips away for a while
    gap = int(rng.uniform(0.3, 0.6) * WINDOW_SAMPLES)
    start = int(rng.integers(0, WINDOW_SAMPLES - gap))
    beats[start : start + gap] *= gain(-30.0)
    noise = gain(rng.uniform(-14, -3)) * filtered(receiver(WINDOW_SAMPLES, rng), unit)
    return kept(filtered(beats, unit) + noise, unit, rng)


def _interference(rng: np.random.Generator) -> np.ndarray:
    unit = draw_unit(rng)
    sound = (
        heart(WINDOW_SAMPLES, rng) if rng.random() < 0.8 else np.zeros(WINDOW_SAMPLES, np.float32)
    )
    sound = _one(sound) + gain(rng.uniform(-25, -8)) * _one(receiver(WINDOW_SAMPLES, rng))
    radio = filtered(interference(WINDOW_SAMPLES, rng), unit)
    return kept(radio + gain(rng.uniform(-22, 0)) * filtered(sound, unit), unit, rng)


def _talking(rng: np.random.Generator) -> np.ndarray:
    sound = _one(voice(WINDOW_SAMPLES, rng))
    if rng.random() < 0.3:
        sound += rng.uniform(0.2, 0.8) * _one(voice(WINDOW_SAMPLES, rng))
    sound += gain(rng.uniform(-40, -12)) * _one(room(WINDOW_SAMPLES, rng))
    if rng.random() < 0.4:
        sound += gain(rng.uniform(-22, -6)) * _one(heart(WINDOW_SAMPLES, rng))
    unit = draw_unit(rng)
    return kept(filtered(sound, unit), unit, rng)


def _silent(rng: np.random.Generator) -> np.ndarray:
    """Nothing arrives: exact zeros, one stuck value, or the last bits of a converter."""
    stuck = np.full(WINDOW_SAMPLES, rng.uniform(-0.3, 0.3) * rng.integers(0, 2))
    bits = rng.integers(-1, 2, WINDOW_SAMPLES) / 32_768 * rng.integers(0, 2)
    return (stuck + bits).astype(np.float32)


def _no_fetal_signal(rng: np.random.Generator) -> np.ndarray:
    first, second = rng.choice(len(OTHER_SOUNDS), size=2, replace=False, p=OTHER_CHANCE)
    sound = _one(OTHER_SOUNDS[first](WINDOW_SAMPLES, rng))
    if rng.random() < 0.3:
        sound = sound + gain(rng.uniform(-20, -3)) * _one(OTHER_SOUNDS[second](WINDOW_SAMPLES, rng))
    sound = sound + gain(rng.uniform(-32, -4)) * _one(receiver(WINDOW_SAMPLES, rng))
    unit = draw_unit(rng)
    return kept(filtered(sound, unit), unit, rng)


def _clipped(rng: np.random.Generator) -> np.ndarray:
    unit = draw_unit(rng, slow=False)
    noise = gain(rng.uniform(-28, -4)) * _one(receiver(WINDOW_SAMPLES, rng))
    sound = filtered(_one(heart(WINDOW_SAMPLES, rng)) + noise, unit)
    return kept(overdriven(sound, float(rng.uniform(0.08, 0.6)), rng), unit, rng)


MAKERS = {
    "good": _good,
    "poor": _poor,
    "interference": _interference,
    "talking": _talking,
    "silent": _silent,
    "no_fetal_signal": _no_fetal_signal,
    "clipped": _clipped,
}
