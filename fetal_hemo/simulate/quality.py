"""Labelled windows of every quality class, far more varied than cohorts: food for the quality head.

Classes as Motie-Shirazi 2023, and two of ours: no fetal signal, and clipped. Every window has its
own unit, rate, level, noise and disturbance. `heldout` draws the same classes from other sources.
Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.simulate import contamination
from fetal_hemo.simulate.device import store
from fetal_hemo.simulate.handling import coloured, in_the_air, quiet_room, rubbing
from fetal_hemo.simulate.interferers import interfering
from fetal_hemo.simulate.labelled import labelled_windows
from fetal_hemo.simulate.maternal import artery, own_heart, vein
from fetal_hemo.simulate.overdrive import overdriven
from fetal_hemo.simulate.quality_hearts import any_heart, lost_beam
from fetal_hemo.simulate.quality_units import (
    compressed,
    draw_unit,
    gapped,
    heard,
    kept,
    stored,
    through_band,
)
from fetal_hemo.simulate.sources import gain
from fetal_hemo.simulate.streams import Purpose
from fetal_hemo.simulate.talkers import talking

# I: noise under the heart, both behind the unit's band; between the two a window may be either
GOOD_NOISE_DB, POOR_NOISE_DB = (-30.0, -10.0), (-4.0, 4.0)
BUMP_CHANCE = 0.15  # I: a handling bump in any window with a probe on the skin
CLIPPED_RATES_HZ = (2_000, 3_000, SAMPLE_RATE_HZ)
CLIPPED_SHARE = (0.08, 0.6)  # of the samples: the tops of most beats are gone
OTHER_SOUNDS = (
    artery,
    own_heart,
    vein,
    coloured,
    quiet_room,
    rubbing,
    in_the_air,
    contamination.taps,
)
OTHER_CHANCE = np.array([0.26, 0.14, 0.11, 0.16, 0.09, 0.10, 0.08, 0.06])  # I


def quality_windows(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`(n, 15000)` float32 windows and `(n,)` int64 labels, index in `QUALITY_CLASSES`.

    Classes take turns, so that they are balanced; window `i` depends on `seed` and `i` alone.
    """
    return labelled_windows(MAKERS, Purpose.QUALITY_WINDOW, n, seed)


def _bump(rng: np.random.Generator) -> np.ndarray:
    """Now and then a knock on the probe, against a heart of RMS 1."""
    if rng.random() >= BUMP_CHANCE:
        return np.zeros(WINDOW_SAMPLES, np.float32)
    knock = contamination.taps(WINDOW_SAMPLES, rng, per_second=float(rng.uniform(0.0, 0.6)))
    return gain(rng.uniform(-6, 8)) * contamination.unit(knock)


def _good(rng: np.random.Generator) -> np.ndarray:
    unit = draw_unit(rng)
    beats = through_band(any_heart(rng) + _bump(rng), unit)
    noise = gain(rng.uniform(*GOOD_NOISE_DB)) * through_band(coloured(WINDOW_SAMPLES, rng), unit)
    return stored(contamination.unit(beats + noise), unit, rng)


def _poor(rng: np.random.Generator) -> np.ndarray:
    """Beats faint under noise or another sound, or the beam lost for part of the window."""
    unit, beats = draw_unit(rng), any_heart(rng)
    over = OTHER_SOUNDS[int(rng.choice(len(OTHER_SOUNDS), p=OTHER_CHANCE))]
    other = coloured if rng.random() < 0.75 else over
    loud = rng.uniform(*POOR_NOISE_DB)
    if rng.random() < 0.3:
        beats, other, loud = beats * lost_beam(rng), coloured, rng.uniform(-16, -2)
    beats = through_band(beats + _bump(rng), unit)
    noise = gain(loud) * through_band(other(WINDOW_SAMPLES, rng), unit)
    return stored(contamination.unit(beats + noise), unit, rng)


def _interference(rng: np.random.Generator) -> np.ndarray:
    under = gain(rng.uniform(-26, 0)) if rng.random() < 0.85 else 0.0
    unit = draw_unit(rng)
    noise = gain(rng.uniform(-30, -5)) * coloured(WINDOW_SAMPLES, rng)
    clean = through_band(any_heart(rng) + noise, unit) * max(under, gain(-26))
    radio = interfering(WINDOW_SAMPLES, rng)
    radio = through_band(radio, unit) if rng.random() < 0.5 else heard(radio, unit)
    return stored(contamination.unit(clean + radio), unit, rng)


def _talking(rng: np.random.Generator) -> np.ndarray:
    sound = talking(WINDOW_SAMPLES, rng)
    sound += gain(rng.uniform(-45, -8)) * quiet_room(WINDOW_SAMPLES, rng)
    sound += gain(rng.uniform(-50, -14)) * coloured(WINDOW_SAMPLES, rng)
    if rng.random() < 0.45:
        sound += gain(rng.uniform(-24, -5)) * any_heart(rng)
    unit = draw_unit(rng)
    return stored(through_band(sound + _bump(rng), unit), unit, rng)


def _silent(rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.1:  # unplugged in the middle of a good window
        return gapped(_good(rng), float(rng.uniform(0.6, 0.97)), rng)
    sound = gain(-10) * contamination.silence(WINDOW_SAMPLES, rng)  # fainter: hiss is no silence
    if rng.random() < 0.15:  # a crackle of the loose plug
        sound = sound + 3e-3 * contamination.taps(WINDOW_SAMPLES, rng, per_second=0.2)
    if rng.random() < 0.3:
        return store(sound, draw_unit(rng))
    return sound


def _no_fetal_signal(rng: np.random.Generator) -> np.ndarray:
    """The mother's vessels, hiss, a quiet room or handling; no fetal beat and no speech."""
    first, second = rng.choice(len(OTHER_SOUNDS), size=2, replace=False, p=OTHER_CHANCE)
    sound = contamination.unit(OTHER_SOUNDS[first](WINDOW_SAMPLES, rng))
    if rng.random() < 0.4:
        also = contamination.unit(OTHER_SOUNDS[second](WINDOW_SAMPLES, rng))
        sound = sound + gain(rng.uniform(-20, 0)) * also
    sound = sound + gain(rng.uniform(-35, -2)) * coloured(WINDOW_SAMPLES, rng)
    unit = draw_unit(rng)
    return stored(through_band(sound, unit), unit, rng)


def _clipped(rng: np.random.Generator) -> np.ndarray:
    """A heart that could be heard, but its loudest parts are cut off where the unit records.

    Not before its filters and not at 1 kHz: the tops come back round, as from a limiter of
    loudness, and do no harm. The meter at the source still finds those.
    """
    unit = replace(draw_unit(rng), agc=0.0, source_rate_hz=int(rng.choice(CLIPPED_RATES_HZ)))
    noise = gain(rng.uniform(-30, 0)) * coloured(WINDOW_SAMPLES, rng)
    sound = compressed(through_band(any_heart(rng) + noise, unit), rng)
    cut = overdriven(sound, float(rng.uniform(*CLIPPED_SHARE)), rng)
    return kept(contamination.unit(cut), unit, rng)


MAKERS = {
    "good": _good,
    "poor": _poor,
    "interference": _interference,
    "talking": _talking,
    "silent": _silent,
    "no_fetal_signal": _no_fetal_signal,
    "clipped": _clipped,
}
