"""The plan of the arena: what is written never meets what is still to be read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.c_source.plan import arena_bytes, padded_size, places
from export.c_source.trunk import Convolution, QuantisedTensor, Trunk


def trunk_of(steps: int, channels: int, shapes: list[tuple[int, int, int, int]]) -> Trunk:
    tensors = [QuantisedTensor("t", steps, channels, np.float32(1), 0)]
    layers = []
    for outputs, kernel, stride, pad in shapes:
        given = tensors[-1]
        out = (given.steps + 2 * pad - kernel) // stride + 1
        weights = np.zeros((outputs, given.channels, kernel), np.int8)
        zeros = np.zeros(outputs)
        layers.append(Convolution(weights, zeros, zeros, stride, (pad, pad)))
        tensors.append(QuantisedTensor("t", out, outputs, np.float32(1), 0))
    return Trunk("t", tuple(tensors), tuple(layers))


layer = st.tuples(st.integers(1, 12), st.integers(1, 7), st.integers(1, 3), st.integers(0, 3))


@settings(max_examples=200, deadline=None)
@given(st.integers(30, 80), st.integers(1, 40), st.lists(layer, min_size=1, max_size=4))
def test_no_write_meets_a_later_read(steps: int, channels: int, shapes: list) -> None:
    """Replayed byte by byte in the order of the kernel: two steps read, then their outputs."""
    try:
        trunk = trunk_of(steps, channels, shapes)
    except ValueError:
        return
    if any(tensor.steps < 1 for tensor in trunk.tensors):
        return
    where = places(trunk)
    for i, convolution in enumerate(trunk.convolutions):
        before, after = trunk.tensors[i : i + 2]
        hop, patch = convolution.stride * before.channels, convolution.weights[0].size
        owner = np.zeros(arena_bytes((trunk,)), bool)  # what still belongs to the input
        start = where[i].offset
        owner[start : start + padded_size(before, where[i])] = True
        to = where[i + 1].offset + where[i + 1].pad_before * after.channels
        for step in range(0, after.steps, 2):
            last = min(step + 1, after.steps - 1)
            assert owner[start + step * hop : start + last * hop + patch].all()
            owner[to + step * after.channels : to + (last + 1) * after.channels] = False


def test_less_than_two_buffers_in_turn() -> None:
    shapes = [(16, 7, 3, 3), (16, 5, 2, 2), (16, 3, 1, 1), (16, 3, 1, 1)]
    trunk = trunk_of(750, 32, shapes)
    sizes = [padded_size(t, p) for t, p in zip(trunk.tensors, places(trunk), strict=True)]
    in_turn = max(a + b for a, b in pairwise(sizes))
    assert sizes[0] <= arena_bytes((trunk,)) < sizes[0] + 256 < in_turn


@pytest.mark.parametrize("count", [1, 3])
def test_one_arena_for_all(count: int) -> None:
    small, large = trunk_of(40, 2, [(4, 3, 1, 1)]), trunk_of(90, 8, [(4, 3, 1, 1)])
    assert arena_bytes((small,) * count + (large,)) == arena_bytes((large,))
