"""From the sound of the heart to what the unit stores, with everything in between.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fetal_hemo.constants import WINDOW_SAMPLES
from fetal_hemo.simulate import contamination, speech
from fetal_hemo.simulate.device import Device, band, record
from fetal_hemo.simulate.movement import Movements, thumps
from fetal_hemo.simulate.narrowband import upsample
from fetal_hemo.simulate.phone_room import across_a_room
from fetal_hemo.simulate.quality_runs import QualityRuns
from fetal_hemo.simulate.sources import gain

NOISE_DB = (-24.0, -9.0)  # I: receiver noise under a well-heard heart
POOR_NOISE_DB = (-6.0, 3.0)  # I, S: envelope depth falls from 16-25 to 8 dB
INTERFERENCE_DB = (-6.0, 12.0)  # I: against the heart
SPEECH_DB = (-2.0, 16.0)  # I: against the heart as it was before the probe was lifted
BEAM_LOST_CHANCE, BEAM_LOST_NOISE_DB = 0.3, (-14.0, -6.0)  # I: poor because beats go missing
HEARD_UNDER = {"interference": (0.2, 1.0), "talking": (0.0, 0.3)}  # I: what stays of the heart


class AtProbe(NamedTuple):
    """Sound `(time,)` at the probe, and its ratio `(windows,)` in dB of heart to all the rest."""

    sound: np.ndarray
    snr_db: np.ndarray


def through_room(
    clean: np.ndarray,
    runs: QualityRuns,
    moves: Movements,
    loss_db: float,
    rng: np.random.Generator,
) -> AtProbe:
    """Heart with receiver noise, moved, faint in poor stretches, and speech where people talk.

    `loss_db` is what the tissue takes from the echo: the receiver's gain brings noise up by it.
    """
    count = len(clean)
    level = np.full(count, gain(rng.uniform(*NOISE_DB) + loss_db), np.float32)
    kept = upsample(moves.kept, count)
    other = thumps(moves, count, rng)
    for run in runs.stretches("poor"):
        lost = rng.random() < BEAM_LOST_CHANCE
        level += run.mask(count) * gain(
            rng.uniform(*(BEAM_LOST_NOISE_DB if lost else POOR_NOISE_DB))
        )
        if lost:
            gone = 0.9 - 0.9 * contamination.bursts(run.length, rng)
            kept[run.slice] *= 1 - run.fade() * gone
    for name, (least, most) in HEARD_UNDER.items():
        for run in runs.stretches(name):
            kept *= 1 - run.mask(count) * np.float32(1 - rng.uniform(least, most))
    for run in runs.stretches("talking"):
        loud = gain(rng.uniform(*SPEECH_DB))
        part = speech.speech(run.length, rng, int(rng.integers(1, 3)))
        part += gain(rng.uniform(-30, -10)) * speech.room(run.length, rng)
        other[run.slice] += run.fade() * loud * part
    heart, other = kept * clean, other + level * contamination.hiss(count, rng)
    return AtProbe(heart + other, _ratio_db(heart, other))


def through_unit(
    heard: np.ndarray, runs: QualityRuns, unit: Device, rng: np.random.Generator
) -> np.ndarray:
    """What the unit stores: its band, radio interference behind it, nothing when unplugged."""
    sound = band(heard, unit)
    if unit.microphone:
        sound = across_a_room(sound, rng)
    sound = contamination.unit(sound)
    for run in runs.stretches("interference"):
        loud = gain(rng.uniform(*INTERFERENCE_DB))
        sound[run.slice] += run.fade() * loud * contamination.interference(run.length, rng)
    stored = record(sound, unit, rng)
    for run in runs.stretches("silent"):
        stored[run.slice] = contamination.silence(run.length, rng)
    return stored


def _ratio_db(heart: np.ndarray, other: np.ndarray) -> np.ndarray:
    whole = len(heart) // WINDOW_SAMPLES * WINDOW_SAMPLES
    power = [
        np.square(part[:whole].reshape(-1, WINDOW_SAMPLES)).mean(axis=1) + 1e-12
        for part in (heart, other)
    ]
    return 10 * np.log10(power[0] / power[1])
