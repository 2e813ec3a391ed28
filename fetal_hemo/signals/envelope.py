"""Multi-band envelope: how loud each part of the cardiac band is, every 5 ms."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from fetal_hemo.signals.filterbank import band_centres_hz

# Overlapping on purpose: which octave carries the beat differs between probes and fetuses.
GROUPS_HZ = ((100, 200), (150, 300), (200, 400), (300, 600), (450, 900), (700, 1_500))
LOG_FLOOR = 0.1  # of the window's mean: noise between beats is not stretched by the logarithm


class Envelope(nn.Module):
    """Log envelopes `(batch, groups, frames)` of band magnitudes `(batch, bands, frames)`.

    Each group is relative to its own mean over the window, so a level change leaves no trace.
    """

    membership: Tensor

    def __init__(self) -> None:
        super().__init__()
        centres = band_centres_hz()
        rows = [(centres >= low) & (centres < high) for low, high in GROUPS_HZ]
        matrix = torch.from_numpy(np.stack(rows).astype(np.float32))
        self.register_buffer("membership", matrix, persistent=False)

    def forward(self, magnitudes: Tensor) -> Tensor:
        envelope = torch.sqrt(torch.matmul(self.membership, magnitudes * magnitudes))
        mean = envelope.mean(dim=-1, keepdim=True)
        return torch.log(envelope / mean + LOG_FLOOR)
