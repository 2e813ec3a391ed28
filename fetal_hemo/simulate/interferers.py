"""Interference of any origin for the quality set: senders or machines, through a receiver.

Which sources and how often is our inference; they were made many so that none is learned by heart.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate import carriers, contamination, machines, packets, warbles
from fetal_hemo.simulate.contamination import unit
from fetal_hemo.simulate.sources import gain

PHONES = (contamination.gsm, contamination.tones, contamination.buzz, contamination.mains)
KINDS = (
    *PHONES,
    *carriers.KINDS,
    packets.framed,
    packets.keyed,
    packets.crackle,
    *machines.KINDS,
    *warbles.KINDS,
)
# I: a phone's buzz is by far the most common, hum the one that units' filters weaken most
CHANCE = np.array([5.0, 2.0, 1.5, 0.7] + [1.0] * (len(KINDS) - len(PHONES)))
CHANCE /= CHANCE.sum()
SECOND_CHANCE, SECOND_DB = 0.3, (-15.0, 0.0)
GATED_CHANCE = 0.35
OVERLOAD_CHANCE, OVERLOAD = 0.2, (0.5, 4.0)  # a receiver driven too far makes overtones


def interfering(samples: int, rng: np.random.Generator) -> np.ndarray:
    """One or two kinds of interference, float32 `(samples,)` with RMS 1."""
    count = 1 + int(rng.random() < SECOND_CHANCE)
    sound: np.ndarray = np.zeros(samples, np.float32)
    for place, index in enumerate(rng.choice(len(KINDS), count, replace=False, p=CHANCE)):
        part = unit(KINDS[index](samples, rng))
        if rng.random() < GATED_CHANCE:
            part = unit(part * contamination.bursts(samples, rng))
        sound = sound + (1.0 if place == 0 else gain(rng.uniform(*SECOND_DB))) * part
    if rng.random() < OVERLOAD_CHANCE:
        driven = np.tanh(unit(sound) * np.float32(rng.uniform(*OVERLOAD)))
        sound = driven * driven if rng.random() < 0.3 else driven
        sound = sound - np.mean(sound, dtype=np.float32)
    return unit(sound)
