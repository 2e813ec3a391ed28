"""Fetal hearts of any age, rate and probe, for the windows of the quality set.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fetal_hemo.constants import WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.simulate import contamination
from fetal_hemo.simulate.beam import draw_beam
from fetal_hemo.simulate.fetus import Fetus
from fetal_hemo.simulate.intervals import events, intervals
from fetal_hemo.simulate.maternal import artery
from fetal_hemo.simulate.narrowband import control_length, narrowband
from fetal_hemo.simulate.rhythm import BeatClock, beat_clock
from fetal_hemo.simulate.sources import add_pulses, arch, gain, heart
from fetal_hemo.simulate.thumps import thumps
from fetal_hemo.simulate.vessels import vessels

RATE_BPM = (102.0, 190.0)
WALL_FACTOR, LOBE_WIDTH_HZ = (0.45, 1.9), (12.0, 80.0)  # I: probes of 1 to 3.3 MHz, narrow or wide
ARTERY_BPM = (120.0, 185.0)  # I: umbilical artery or aorta alone, clear of the mother's rates
# S: envelopes of real clips have one dominant lobe a beat; I: lengths, pitches and widths
LOBE_S, LOBE_HZ = (0.03, 0.22), (120.0, 700.0)
LOBE_SPREAD, LOBE_FLOOR_DB = (0.05, 0.5), (-40.0, -14.0)
LOST_SHARE, LOST_DB = (0.30, 0.65), (-40.0, -18.0)  # I


def any_heart(rng: np.random.Generator) -> np.ndarray:
    """A fetal heart of any age and rate as any probe hears it, RMS 1, `(15000,)`."""
    kind = rng.random()
    if kind < 0.10:
        return contamination.unit(artery(WINDOW_SAMPLES, rng, ARTERY_BPM))
    if kind > 0.75:
        return thumps(WINDOW_SAMPLES, rng, RATE_BPM)
    fetus = _fetus(rng)
    clock = beat_clock(fetus, WINDOW_S, rng)
    if kind < 0.40:
        return contamination.unit(_lobes(clock, rng))
    happening = events(clock, intervals(fetus, clock, rng))
    beam = replace(
        draw_beam(rng),
        wall_factor=float(rng.uniform(*WALL_FACTOR)),
        width_hz=float(rng.uniform(*LOBE_WIDTH_HZ)),
    )
    sound = contamination.unit(heart(happening, fetus, beam, WINDOW_SAMPLES, rng))
    return sound + vessels(beam, WINDOW_SAMPLES, rng)


def _fetus(rng: np.random.Generator) -> Fetus:
    return Fetus(
        weeks=float(rng.uniform(18, 41)),
        rate_bpm=float(rng.uniform(*RATE_BPM)),
        stv_ms=float(rng.uniform(3, 12)),
        ltv_ms=float(rng.uniform(15, 60)),
        accelerations=1.0,
        decelerations=1.0,
        movements=1.0,
        emd_ms=float(rng.uniform(32, 50)),
        ict_ms=float(rng.uniform(20, 40)),
        et_ms=float(rng.uniform(150, 195)),
        irt_ms=float(rng.uniform(25, 60)),
        systole_cm_s=float(rng.uniform(3.5, 7.5)),
        early_cm_s=float(rng.uniform(3.0, 8.5)),
        atrial_cm_s=float(rng.uniform(5.0, 10.0)),
    )


def _lobes(clock: BeatClock, rng: np.random.Generator) -> np.ndarray:
    """One to four lobes a beat, whose pitch rises and falls with them, float32 `(15000,)`."""
    length, sound = control_length(WINDOW_SAMPLES), np.zeros(WINDOW_SAMPLES, np.float32)
    beats = len(clock.q_s)
    loud = np.exp(rng.uniform(*LOBE_SPREAD) * rng.standard_normal(beats))
    for lobe in range(int(rng.choice([1, 2, 3, 4], p=[0.4, 0.3, 0.2, 0.1]))):
        sizes = loud * (1.0 if lobe == 0 else rng.uniform(0.1, 0.9)) * rng.lognormal(0, 0.1, beats)
        times = clock.q_s + (0.0 if lobe == 0 else rng.uniform(0.05, 0.35))
        level = add_pulses(times, sizes, arch(float(np.exp(rng.uniform(*np.log(LOBE_S))))), length)
        centre = rng.uniform(*LOBE_HZ) * (1 + rng.uniform(-0.2, 0.4) * np.minimum(level, 1.5))
        level += gain(rng.uniform(*LOBE_FLOOR_DB))
        width = float(rng.uniform(*LOBE_WIDTH_HZ))
        sound += narrowband(centre, level, width, WINDOW_SAMPLES, rng)
    return sound


def lost_beam(rng: np.random.Generator) -> np.ndarray:
    """Gain `(15000,)` of a beam that is lost for 30 to 65 % of a window, in one or two spans."""
    count = int(rng.integers(1, 3))
    length = int(rng.uniform(*LOST_SHARE) / count * WINDOW_SAMPLES)
    kept = np.ones(WINDOW_SAMPLES, np.float32)
    for part in range(count):
        first = part * WINDOW_SAMPLES // count
        start = first + int(rng.integers(0, WINDOW_SAMPLES // count - length))
        kept[start : start + length] = gain(rng.uniform(*LOST_DB))
    return np.convolve(kept, np.full(200, 1 / 200, np.float32), mode="same")
