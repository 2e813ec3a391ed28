"""Fewer samples a second, with nothing folded back."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

# Output samples that one position of the kernel gives: as output channels they fill the
# processor's vector registers, which one long filter with one output would leave empty.
PHASES = 16
KAISER_BETA = 7.0  # stop band 70 dB down (Kaiser & Schafer 1980)


def low_pass(cutoff_hz: float, rate_hz: float, half: int) -> np.ndarray:
    """A linear-phase Kaiser-windowed sinc of `2 * half + 1` taps and unit gain at 0 Hz."""
    time = np.arange(-half, half + 1)
    taps = np.sinc(2 * cutoff_hz / rate_hz * time) * np.kaiser(2 * half + 1, KAISER_BETA)
    return taps / taps.sum()


class Decimator(nn.Module):
    """Every `factor`-th low-passed sample `(batch, 1, 1, time)` of `(batch, 1, 1, time)`.

    The first output lies on input sample `half`: nothing is padded. The cutoff is the new Nyquist
    frequency: what the slope lets through folds back just below it, where no band listens. The
    slope is the narrower the larger `half` is.
    """

    kernel: Tensor

    def __init__(self, factor: int, half: int) -> None:
        super().__init__()
        self.factor, self.reach = factor, half
        taps = low_pass(0.5 / factor, 1.0, half)
        kernel = np.zeros((PHASES, 1, 1, len(taps) + (PHASES - 1) * factor), np.float32)
        for phase in range(PHASES):
            kernel[phase, 0, 0, phase * factor : phase * factor + len(taps)] = taps
        self.register_buffer("kernel", torch.from_numpy(kernel), persistent=False)

    def input_length(self, outputs: int) -> int:
        """How many input samples `outputs` need, which is a multiple of `PHASES`."""
        return self.factor * (outputs - 1) + 2 * self.reach + 1

    def forward(self, signal: Tensor) -> Tensor:
        phases = functional.conv2d(signal, self.kernel, stride=(1, PHASES * self.factor))
        return phases.permute(0, 2, 3, 1).flatten(2).unsqueeze(2)
