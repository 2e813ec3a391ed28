"""A level that drifts over the window, as when the probe is pressed harder or slips."""

from __future__ import annotations

import torch
from torch import Tensor


def random_gain(samples: Tensor, gain_db: float, generator: torch.Generator) -> Tensor:
    """Samples `(batch, time)` times a gain that runs evenly in dB from one end to the other.

    Each end's gain is uniform in +-`gain_db`. The result may exceed [-1, 1]: level is never a
    feature.
    """
    if gain_db == 0:
        return samples
    start, end = (2 * torch.rand(2, len(samples), 1, generator=generator) - 1) * gain_db
    ramp = torch.linspace(0, 1, samples.shape[1])
    return samples * torch.pow(10.0, (start + (end - start) * ramp) / 20)
