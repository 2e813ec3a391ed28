"""An int8 convolutional trunk as numbers: what the graph says and what the C needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class QuantisedTensor:
    """Bytes `(steps, channels)`, channels last; real value = scale * (byte - zero_point)."""

    name: str  # in the graph
    steps: int
    channels: int
    scale: np.float32
    zero_point: int

    @property
    def size(self) -> int:
        """Its bytes without padding."""
        return self.steps * self.channels


@dataclass(frozen=True)
class Convolution:
    """One QLinearConv: uint8 in and out, int8 weights, one scale an output channel."""

    weights: np.ndarray  # (outputs, inputs, kernel) int8
    bias: np.ndarray  # (outputs,) int32
    multiplier: np.ndarray  # (outputs,) float32: input scale * weight scale / output scale
    stride: int
    pads: tuple[int, int]  # steps of zero point before and after

    @property
    def multiply_adds(self) -> int:
        """Products for one output step."""
        return int(self.weights.size)


@dataclass(frozen=True)
class Trunk:
    """Convolutions in a row: `tensors[i]` goes into `convolutions[i]`, the last one comes out."""

    name: str
    tensors: tuple[QuantisedTensor, ...]
    convolutions: tuple[Convolution, ...]

    @property
    def multiply_adds(self) -> int:
        """Products for one window."""
        pairs = zip(self.convolutions, self.tensors[1:], strict=True)
        return sum(layer.multiply_adds * out.steps for layer, out in pairs)
