"""Who is heard talking and how: one or many people, near or across a room, live or from a set.

All sizes are our inference, except where a comment names a figure.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import oaconvolve

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import unit
from fetal_hemo.simulate.narrowband import control_length, upsample, wander
from fetal_hemo.simulate.sources import gain
from fetal_hemo.simulate.speech import speech
from fetal_hemo.simulate.vocal_tract import voice

TALKERS = np.array([0.55, 0.2, 0.12, 0.08, 0.05])  # chance of one to five people
FAINTER_DB = (-20.0, 0.0)  # the others beside the first
ECHO_CHANCE, ECHO_S, DIRECT_DB = 0.5, (0.1, 0.9), (-3.0, 18.0)
MUFFLED_CHANCE, MUFFLED_HZ = 0.35, (250.0, 900.0)  # through the bell or a hand on the probe
SET_CHANCE, SET_HZ = 0.15, (250.0, 400.0)  # S: a telephone passes 300 Hz and more


def talking(samples: int, rng: np.random.Generator) -> np.ndarray:
    """People talking in a room, float32 `(samples,)` with RMS 1."""
    sound = np.zeros(samples, np.float32)
    for index in range(1 + int(rng.choice(len(TALKERS), p=TALKERS))):
        one = voice(samples, rng) if rng.random() < 0.5 else unit(speech(samples, rng))
        sound += one * (1.0 if index == 0 else gain(rng.uniform(*FAINTER_DB)))
    if rng.random() < ECHO_CHANCE:
        sound = _in_a_room(sound, rng)
    sound = _heard_through(sound, rng)
    if rng.random() < 0.3:  # turning the head, coming nearer
        swing = np.exp(rng.uniform(0.1, 0.6) * wander(control_length(samples), 1.0, rng))
        sound = sound * upsample(swing, samples)
    return unit(sound)


def _in_a_room(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` with its echo from all sides, which dies away by 60 dB within `ECHO_S`."""
    seconds = rng.uniform(*ECHO_S)
    time = np.arange(int(0.7 * seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tail = rng.standard_normal(len(time), dtype=np.float32) * np.exp(-6.9 * time / seconds)
    echo = oaconvolve(sound, tail)[: len(sound)].astype(np.float32)
    return gain(rng.uniform(*DIRECT_DB)) * unit(sound) + unit(echo)


def _heard_through(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` muffled, or through the small loudspeaker of a telephone or a television."""
    muffled, from_a_set = rng.random() < MUFFLED_CHANCE, rng.random() < SET_CHANCE
    if not (muffled or from_a_set):
        return sound
    spectrum = np.fft.rfft(sound)
    frequency = np.maximum(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ), 1.0)
    if muffled:
        spectrum /= np.sqrt(1 + (frequency / rng.uniform(*MUFFLED_HZ)) ** (2 * rng.integers(1, 3)))
    if from_a_set:
        spectrum /= np.sqrt(1 + (rng.uniform(*SET_HZ) / frequency) ** 8)
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)
