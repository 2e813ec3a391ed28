"""The times at which a curve rises again and again at about a known period.

Dynamic programming over all ways to place beats (Ellis 2007, J New Music Res 36:51): a beat earns
the curve's value and pays for an interval that is not the period.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

STRICTNESS = 500.0  # price of a squared log ratio: an interval 10 % off costs 4.5 deviations
MARGIN_S = 2.0  # pieces overlap, so that no beat is placed without neighbours
PIECE_S = 30.0


def place_beats(curve: np.ndarray, period: np.ndarray, rate_hz: int) -> np.ndarray:
    """Frames `(beats,)` of the beats in `curve` `(frames,)`, which has unit deviation.

    `period` is `(frames,)`, in frames. Pieces of 30 s are placed side by side in one pass: memory
    and time stay flat, and a beat at a seam is kept once.
    """
    piece, margin = int(PIECE_S * rate_hz), int(MARGIN_S * rate_hz)
    pieces = -(-len(curve) // piece)
    padding = (margin, margin + pieces * piece - len(curve))
    rows = np.arange(pieces)[:, None] * piece + np.arange(piece + 2 * margin)
    rises, periods = np.pad(curve, padding)[rows], np.pad(period, padding, mode="edge")[rows]
    found = [
        frames[(frames >= margin) & (frames < margin + piece)] - margin + index * piece
        for index, frames in enumerate(_paths(rises, periods))
    ]
    beats = np.concatenate(found)
    return _once(beats[beats < len(curve)], curve, period)


def _paths(rises: np.ndarray, periods: np.ndarray) -> list[np.ndarray]:
    """The best path of beats through each row of `(rows, frames)`."""
    shortest, longest = int(0.7 * periods.min()), int(np.ceil(1.4 * periods.max()))
    lags = np.arange(shortest, longest + 1)
    rows, frames = rises.shape
    # float32, views and squares in place: this loop is most of the cost of a rhythm
    root = np.float32(STRICTNESS**0.5)
    log_lags, log_periods = (root * np.log(x).astype(np.float32) for x in (lags, periods))
    earned = np.zeros((rows, longest + frames), np.float32)  # nothing before the first frame
    lagged = sliding_window_view(earned, len(lags), axis=1)[:, :, ::-1]  # at each frame, by lag
    pick, best = np.empty((rows, frames), np.intp), np.empty((rows, frames), np.float32)
    for start in range(0, frames, shortest):
        block = slice(start, min(start + shortest, frames))
        price = log_lags - log_periods[:, block, None]  # (rows, block, lags)
        price *= price
        gain = np.subtract(lagged[:, block], price, out=price)
        gain.argmax(axis=2, out=pick[:, block])
        np.maximum.reduce(gain, axis=2, out=best[:, block])
        follows = np.maximum(best[:, block], 0.0)
        earned[:, start + longest : block.stop + longest] = rises[:, block] + follows
    # what lies before the first frame has earned nothing, so no beat follows it at a price
    came_from = np.where(best > 0, np.arange(frames) - lags[pick], -1)
    last = earned[:, -longest:].argmax(axis=1) + frames - longest
    return [_back(row.tolist(), int(end)) for row, end in zip(came_from, last, strict=True)]


def _back(came_from: list[int], end: int) -> np.ndarray:
    path = [end]
    while came_from[path[-1]] >= 0:
        path.append(came_from[path[-1]])
    return np.array(path[::-1])


def _once(beats: np.ndarray, curve: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Beats without the lower one of two that two pieces placed too close together."""
    kept: list[int] = []
    for beat in beats:
        if kept and beat - kept[-1] < 0.5 * period[beat]:
            if curve[beat] > curve[kept[-1]]:
                kept[-1] = int(beat)
            continue
        kept.append(int(beat))
    return np.array(kept, dtype=np.int64)
