"""The range that 8 bits of a trunk's tensor stand for, from what the tensor holds on real windows.

Three rules, because none is best for every network. onnxruntime's own calibrators are not used:
its entropy rule has 128 bins for 128 levels, so that nothing is ever clipped and it equals the
extremes bit for bit, and spreads its levels over both signs of a tensor that has one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray

from firmware_bridge.runtime import session

BLOCK = 16  # windows at once
OUTLIERS = 1e-5  # share of the values that the percentile rule gives up at each end
LEVELS = 256
BINS = 4_096
CANDIDATES = 64  # ends that the entropy rule tries, from a quarter of the range to all of it
SMALLEST_SHARE = 0.25

Values = NDArray[np.float32]
Range = tuple[float, float]


def tensor_values(graph: bytes, tensors: Sequence[str], windows: Values) -> dict[str, Values]:
    """All values of some tensors of a window graph, flat, by name, for windows `(n, 15000)`."""
    model = onnx.load_from_string(graph)
    del model.graph.output[:]
    for name in tensors:
        model.graph.output.append(onnx.ValueInfoProto(name=name))
    run = session(model.SerializeToString(), "window.onnx", "the export")
    parts = np.array_split(windows, max(1, len(windows) // BLOCK))
    columns = zip(*(run.run(list(tensors), {"samples": part}) for part in parts), strict=True)
    return {
        name: np.concatenate([x.ravel() for x in column])
        for name, column in zip(tensors, columns, strict=True)
    }


def extremes(values: Values) -> Range:
    """The smallest and the largest value."""
    return float(values.min()), float(values.max())


def percentile(values: Values) -> Range:
    """The range without the outermost 1 in 100,000 values at each end."""
    low, high = np.quantile(values, [OUTLIERS, 1.0 - OUTLIERS])
    return float(low), float(high)


def entropy(values: Values) -> Range:
    """The clipped range whose 256 levels keep most of the distribution (least KL divergence).

    Migacz 2017 (TensorRT), over the range that the tensor really has, one-sided after a ReLU. Bare
    zeros, which a level holds exactly, are left out: that spike would decide alone.
    """
    low, high = extremes(values)
    if low == high:
        return low, high
    counts, _ = np.histogram(values[values != 0.0], BINS, (low, high))
    anchor = 0 if low >= 0.0 else int(BINS * -low / (high - low))  # the bin of 0 stays inside
    best, found = np.inf, (low, high)
    width = (high - low) / BINS
    for share in np.linspace(SMALLEST_SHARE, 1.0, CANDIDATES):
        first = round(anchor * (1.0 - share))
        last = round(anchor + (BINS - anchor) * share)
        loss = _divergence(counts, first, last)
        if loss < best:
            best, found = loss, (low + first * width, low + last * width)
    return found


METHODS: dict[str, Callable[[Values], Range]] = {
    "extremes": extremes,
    "percentile": percentile,
    "entropy": entropy,
}


def _divergence(counts: NDArray[np.int64], first: int, last: int) -> float:
    """KL divergence of the clipped distribution from its 256 levels spread evenly again."""
    kept = counts[first:last].astype(np.float64)
    clipped = kept.copy()
    clipped[0] += counts[:first].sum()
    clipped[-1] += counts[last:].sum()
    level = np.arange(len(kept)) * LEVELS // len(kept)
    filled = np.bincount(level, clipped > 0, LEVELS)
    spread = (np.bincount(level, kept, LEVELS) / np.maximum(filled, 1))[level] * (clipped > 0)
    p, q = clipped / clipped.sum(), spread / max(spread.sum(), 1.0)
    seen = p > 0
    return float((p[seen] * np.log(p[seen] / np.maximum(q[seen], 1e-12))).sum())
