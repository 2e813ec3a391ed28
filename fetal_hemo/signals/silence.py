"""Share of a window in which nothing arrives: an unplugged probe or a dropped link."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.constants import FRAMES

# The only place where absolute level counts: no preamplifier is quieter than -80 dBFS.
STILL = 1e-4
# A clamp and no tiny summand: the ONNX exporter takes + 1e-12 for + 0 and drops it.
LEAST_LEVEL = 1e-6


def dead_share(samples: Tensor) -> Tensor:
    """Share of 5 ms frames `(batch,)` in `(batch, time)` that move less than -80 dBFS.

    Movement inside a frame, not level, so that a constant offset is dead as well.
    """
    frames = samples.unflatten(-1, (FRAMES, -1))
    spread = frames.amax(dim=-1) - frames.amin(dim=-1)
    return (spread < STILL).to(samples.dtype).mean(dim=-1)


def normalise(samples: Tensor) -> Tensor:
    """Samples `(batch, time)` with zero mean and unit root mean square; silence stays near zero."""
    centred = samples - samples.mean(dim=-1, keepdim=True)
    power = (centred * centred).mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(power).clamp_min(LEAST_LEVEL)
