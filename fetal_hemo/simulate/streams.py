"""Random streams named by what they are for, so that any part can be drawn alone, in any order."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for: a new purpose never disturbs the draws of the others."""

    WOMAN = 0
    VISIT = 1
    RHYTHM = 2
    INTERVALS = 3
    BEATS = 4
    ROOM = 5
    DEVICE = 6
    QUALITY_RUNS = 7
    QUALITY_WINDOW = 8
    HELD_OUT_WINDOW = 9
    MOVEMENT = 10
    SITE = 11
    REAL_RHYTHM = 12


def stream(seed: int, purpose: Purpose, *address: int) -> np.random.Generator:
    """Generator that depends on `(seed, purpose, address)` alone; address is `(woman, visit)`."""
    return np.random.default_rng(
        np.random.SeedSequence(entropy=seed, spawn_key=(*address, int(purpose)))
    )
