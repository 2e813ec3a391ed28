"""Weights, biases and proofs: the numbers of a convolution as the C kernel reads them."""

from __future__ import annotations

import numpy as np

from export.c_source.refuse import refusal
from export.c_source.trunk import Convolution, QuantisedTensor

WORD = 4
LARGEST_PRODUCT = 2**22  # where adding 1.5 * 2^23 stops rounding to integers
SHIFTS = (1, 62)  # of the fixed-point requantisation: a 64-bit product shifted right


def patch_words(layer: Convolution) -> int:
    """Words of 4 bytes that cover a patch."""
    return -(-layer.weights[0].size // WORD)


def packed_weights(layer: Convolution) -> np.ndarray:
    """`(outputs / 2, words, 2, 4)` int8: channels last, two outputs side by side, 0 at the end."""
    outputs = len(layer.weights)
    patches = layer.weights.transpose(0, 2, 1).reshape(outputs, -1)
    whole = np.zeros((outputs, patch_words(layer) * WORD), np.int8)
    whole[:, : patches.shape[1]] = patches
    return whole.reshape(outputs // 2, 2, -1, WORD).transpose(0, 2, 1, 3)


def packed_bias(layer: Convolution, given: QuantisedTensor) -> np.ndarray:
    """`(outputs,)` int32: the bias with the input's zero point taken off.

    Raises `FetalHemoError` E-EXPORT-C where a sum could leave int32 or a result the range in
    which the requantisation is exact.
    """
    sums = layer.weights.astype(np.int64).sum(axis=(1, 2))
    bias = layer.bias.astype(np.int64) - given.zero_point * sums
    largest = np.abs(bias) + 255 * np.abs(layer.weights.astype(np.int64)).sum(axis=(1, 2))
    if largest.max() >= 2**31:
        raise refusal(f"the sums behind {given.name} do not fit 32 bits")
    shifts = 150 - (layer.multiplier.view(np.int32) >> 23)
    if shifts.min() < SHIFTS[0] or shifts.max() > SHIFTS[1] or not (layer.multiplier > 0).all():
        raise refusal(f"a scale behind {given.name} is out of range")
    if (largest * layer.multiplier.astype(np.float64)).max() >= LARGEST_PRODUCT:
        raise refusal(f"the results behind {given.name} do not fit the requantisation")
    return bias.astype(np.int32)
