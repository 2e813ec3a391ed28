"""What the waveform tells beside the scalogram: how full its loud moments are, and its voice.

A sound cut off at its tops cannot hide it: its loudest moments stay near their largest swing.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.signals.voicing import VOICING, voicing

POWERS = (2, 4, 8, 16, 32)  # each the square of the one before: the higher, the nearer the top
MOMENT_SAMPLES = 75  # 18.75 ms, a few cycles: a compressor of loudness does not act inside it
LEAST_SWING = 1e-6
WAVEFORM_FACTS = 2 * len(POWERS) + VOICING


def waveform_facts(samples: Tensor) -> Tensor:
    """`(batch, WAVEFORM_FACTS)` of `(batch, time)`: the 10 of `mean_powers`, then `voicing`."""
    return torch.cat([mean_powers(samples), voicing(samples)], dim=1)


def mean_powers(samples: Tensor) -> Tensor:
    """Mean `POWERS` of the swing `(batch, 10)` of `(batch, time)`, upwards then downwards.

    The swing is a share of the moment's own largest one on that side. Mean over moments, loud
    ones first (weight: its fourth power). The fourth power of a pure tone is 3/16 each way on
    average, that of a square wave 1/2; gain leaves no trace.
    """
    centred = samples - samples.mean(dim=-1, keepdim=True)
    moments = torch.stack([centred, -centred], dim=1).unflatten(-1, (-1, MOMENT_SAMPLES))
    top = moments.amax(dim=-1, keepdim=True).clamp_min(LEAST_SWING)
    swing, means = torch.relu(moments / top), []
    for _ in POWERS:
        swing = swing * swing
        means.append(swing.mean(dim=-1))
    share = top / top.amax(dim=2, keepdim=True)  # fourth powers of large numbers overflow
    weight = (share * share) * (share * share)
    weight = weight / weight.sum(dim=2, keepdim=True)
    return torch.matmul(torch.stack(means, dim=2), weight).flatten(1)
