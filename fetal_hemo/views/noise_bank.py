"""The simulator's disturbances, made once in a process, from which training takes its noise."""

from __future__ import annotations

import functools

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import SAMPLE_RATE_HZ

SOUND_S = 15.0  # four windows: an excerpt begins anywhere
SOUNDS_EACH = 4  # of every kind
KINDS = ("gsm", "tones", "buzz", "mains", "taps", "hiss", "speech")
SEED = 0


@functools.cache
def noise_bank(seed: int = SEED) -> Tensor:
    """Sounds `(28, 60000)` at 4 kHz of RMS 1, four of each of `KINDS` in turn, from a seed."""
    # Here, because training without these sounds need not load the simulator.
    from fetal_hemo.simulate import contamination
    from fetal_hemo.simulate.speech import speech

    makers = [speech if kind == "speech" else getattr(contamination, kind) for kind in KINDS]
    rng = np.random.default_rng(seed)
    count = int(SOUND_S * SAMPLE_RATE_HZ)
    sounds = [contamination.unit(make(count, rng)) for make in makers for _ in range(SOUNDS_EACH)]
    return torch.from_numpy(np.stack(sounds).astype(np.float32))
