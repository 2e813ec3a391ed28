"""One sound scaled so that another stands above it by a set number of decibels."""

from __future__ import annotations

import torch
from torch import Tensor

LEAST_POWER = 1e-12  # a silent disturbance stays silent


def at_ratio(disturbance: Tensor, samples: Tensor, snr_db: Tensor) -> Tensor:
    """`disturbance` `(items, time)` as loud as puts `samples` `snr_db` `(items,)` above it.

    The ratio is that of root mean squares over the window. Silent samples get silence.
    """
    power = samples.square().mean(dim=1, keepdim=True)
    own = disturbance.square().mean(dim=1, keepdim=True).clamp_min(LEAST_POWER)
    return disturbance * (power * torch.pow(10.0, -snr_db.unsqueeze(1) / 10) / own).sqrt()
