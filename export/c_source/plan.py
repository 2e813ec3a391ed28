"""Where every tensor of a trunk lies in the arena, decided when the C is made.

An output slides into the place that its input has been read from: its rows are written just
behind the patches that are still to be read. That takes less than two buffers in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

from export.c_source.trunk import Convolution, QuantisedTensor, Trunk

ALIGNMENT = 4
STEPS_AT_ONCE = 2  # the kernel computes two steps before it is done with their patches
OVERREAD = 4  # a patch is read in words; what lies beyond its end meets a weight of 0


@dataclass(frozen=True)
class Place:
    """Offset in bytes of a tensor's first row and its rows of padding."""

    offset: int
    pad_before: int
    pad_after: int


def places(trunk: Trunk) -> list[Place]:
    """The place of each tensor of a trunk: the last at 0, each before it a little higher."""
    pads = [layer.pads for layer in trunk.convolutions] + [(0, 0)]
    found = [Place(0, *pads[-1])]
    for i in reversed(range(len(trunk.convolutions))):
        lead = _lead(trunk.convolutions[i], trunk.tensors[i], trunk.tensors[i + 1], pads[i + 1][0])
        offset = found[0].offset + -(-lead // ALIGNMENT) * ALIGNMENT
        found.insert(0, Place(offset, *pads[i]))
    return found


def _lead(layer: Convolution, given: QuantisedTensor, out: QuantisedTensor, pad_before: int) -> int:
    """Bytes by which the input must lie above the output so that no write meets a later read."""
    hop = layer.stride * given.channels
    return max(
        (pad_before + min(step + STEPS_AT_ONCE, out.steps)) * out.channels - step * hop
        for step in range(0, out.steps, STEPS_AT_ONCE)
    )


def padded_size(tensor: QuantisedTensor, place: Place) -> int:
    """Bytes of a tensor with its padding."""
    return (place.pad_before + tensor.steps + place.pad_after) * tensor.channels


def arena_bytes(trunks: tuple[Trunk, ...]) -> int:
    """Bytes of one arena that serves all trunks in turn."""
    ends = [
        place.offset + padded_size(tensor, place)
        for trunk in trunks
        for tensor, place in zip(trunk.tensors, places(trunk), strict=True)
    ]
    return -(-(max(ends) + OVERREAD) // ALIGNMENT) * ALIGNMENT
