"""Labelled windows of every quality class, far more varied than cohorts: food for the quality head.

Classes as Motie-Shirazi 2023. Every window has its own unit, rate, level, noise and disturbance.
Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.simulate import contamination, speech
from fetal_hemo.simulate.device import Device, band, draw_device, record, store
from fetal_hemo.simulate.fetus import Fetus
from fetal_hemo.simulate.intervals import events, intervals
from fetal_hemo.simulate.rhythm import beat_clock
from fetal_hemo.simulate.sources import draw_beam, gain, heart, vessels
from fetal_hemo.simulate.streams import Purpose, stream

RATE_BPM = (110.0, 180.0)
LEVEL_DBFS = (-46.0, -6.0)  # 40 dB: level must not tell the class, silence excepted
LEVEL_8_BIT_DBFS = (-28.0, -6.0)  # below, beats vanish between two steps: dead, not good
GOOD_NOISE_DB, POOR_NOISE_DB = (-28.0, -8.0), (-5.0, 5.0)  # I: receiver noise under the heart
BUMP_CHANCE = 0.15  # I: a handling bump in any window with a probe on the skin


def quality_windows(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`(n, 15000)` float32 windows and `(n,)` int64 labels, index in `QUALITY_CLASSES`.

    Classes take turns, so that they are balanced; window `i` depends on `seed` and `i` alone.
    """
    labels = np.arange(n) % len(QUALITY_CLASSES)
    samples = np.empty((n, WINDOW_SAMPLES), np.float32)
    for index, label in enumerate(labels):
        rng = stream(seed, Purpose.QUALITY_WINDOW, index)
        samples[index] = MAKERS[QUALITY_CLASSES[label]](rng)
    return samples, labels.astype(np.int64)


def _heart(rng: np.random.Generator) -> np.ndarray:
    """A fetal heart of any age and rate, RMS 1."""
    fetus = Fetus(
        weeks=float(rng.uniform(18, 41)),
        rate_bpm=float(rng.uniform(*RATE_BPM)),
        stv_ms=float(rng.uniform(3, 12)),
        ltv_ms=float(rng.uniform(15, 60)),
        accelerations=1.0,
        emd_ms=float(rng.uniform(32, 50)),
        ict_ms=float(rng.uniform(20, 40)),
        et_ms=float(rng.uniform(150, 195)),
        irt_ms=float(rng.uniform(25, 60)),
        systole_cm_s=float(rng.uniform(3.5, 7.5)),
        early_cm_s=float(rng.uniform(3.0, 8.5)),
        atrial_cm_s=float(rng.uniform(5.0, 10.0)),
    )
    clock = beat_clock(fetus, WINDOW_S, rng)
    happening = events(clock, intervals(fetus, clock, rng))
    beam = draw_beam(rng)
    sound = contamination.unit(heart(happening, fetus, beam, WINDOW_SAMPLES, rng))
    return sound + vessels(happening, beam, WINDOW_SAMPLES, rng)


def _unit(rng: np.random.Generator) -> Device:
    """A unit of far wider make than those of a cohort."""
    bits = int(rng.choice([8, 16], p=[0.3, 0.7]))
    return replace(
        draw_device(rng),
        high_pass_hz=float(rng.uniform(60.0, 260.0)),
        roll_off_hz=float(rng.uniform(400.0, 1_600.0)),
        level_dbfs=float(rng.uniform(*(LEVEL_DBFS if bits > 8 else LEVEL_8_BIT_DBFS))),
        agc=float(rng.uniform(0.0, 0.9)),
        source_rate_hz=int(rng.choice([1_000, 1_500, 2_000, 3_000, SAMPLE_RATE_HZ, 8_000])),
        bits=bits,
        hiss_dbfs=float(rng.uniform(-90.0, -60.0)),
    )


def _bump(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() >= BUMP_CHANCE:
        return sound
    knock = contamination.taps(len(sound), rng, per_second=float(rng.uniform(0.0, 0.6)))
    return sound + gain(rng.uniform(0, 14)) * knock


def _good(rng: np.random.Generator) -> np.ndarray:
    noise = gain(rng.uniform(*GOOD_NOISE_DB)) * contamination.hiss(WINDOW_SAMPLES, rng)
    return _stored(_bump(_heart(rng) + noise, rng), rng)


def _poor(rng: np.random.Generator) -> np.ndarray:
    """Beats faint under noise, or the beam lost for part of the window."""
    sound, noise = _heart(rng), contamination.hiss(WINDOW_SAMPLES, rng)
    if rng.random() < 0.3:
        sound *= contamination.bursts(WINDOW_SAMPLES, rng) * 0.9 + 0.1
        noise *= gain(rng.uniform(-12, 0))
    else:
        noise *= gain(rng.uniform(*POOR_NOISE_DB))
    return _stored(_bump(sound + noise, rng), rng)


def _interference(rng: np.random.Generator) -> np.ndarray:
    under = gain(rng.uniform(-26, 0)) if rng.random() < 0.85 else 0.0
    noise = gain(rng.uniform(-30, -5)) * contamination.hiss(WINDOW_SAMPLES, rng)
    radio = gain(rng.uniform(0, 12)) * contamination.interference(WINDOW_SAMPLES, rng)
    heard = under * _heart(rng) + noise * max(under, 0.1)
    unit = _unit(rng)
    clean = contamination.unit(band(heard, unit)) * max(under, gain(-26))
    shaped = band(radio, unit) if rng.random() < 0.5 else radio  # before or behind the filters
    return record(contamination.unit(clean + shaped), unit, rng)


def _talking(rng: np.random.Generator) -> np.ndarray:
    sound = speech.speech(WINDOW_SAMPLES, rng, int(rng.integers(1, 4)))
    sound += gain(rng.uniform(-45, -8)) * speech.room(WINDOW_SAMPLES, rng)
    sound += gain(rng.uniform(-50, -14)) * contamination.hiss(WINDOW_SAMPLES, rng)
    if rng.random() < 0.45:
        sound += gain(rng.uniform(-24, -5)) * _heart(rng)
    return _stored(_bump(sound, rng), rng)


def _silent(rng: np.random.Generator) -> np.ndarray:
    sound = contamination.silence(WINDOW_SAMPLES, rng)
    if rng.random() < 0.15:  # a crackle of the loose plug
        sound = sound + 3e-3 * contamination.taps(WINDOW_SAMPLES, rng, per_second=0.2)
    if rng.random() < 0.3:
        return store(sound, _unit(rng))
    return sound


def _stored(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    unit = _unit(rng)
    return record(contamination.unit(band(sound, unit)), unit, rng)


MAKERS = {
    "good": _good,
    "poor": _poor,
    "interference": _interference,
    "talking": _talking,
    "silent": _silent,
}
