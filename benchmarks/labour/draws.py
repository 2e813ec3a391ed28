"""Batches of windows: drawn, augmented, padded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from benchmarks.labour.series import Record

BATCH, WINDOWS = 32, 16
NOISE, HIDDEN = 0.05, 0.15  # augmentation: 1 bpm, and a stretch of every window
Drawn = tuple[Tensor, Tensor]


def batches(count: int, draw: torch.Generator) -> Iterator[list[int]]:
    """Every index once, in lists of at most `BATCH`; a last list of one is left out."""
    order = torch.randperm(count, generator=draw).tolist()
    for start in range(0, count - 1, BATCH):
        yield order[start : start + BATCH]


def in_halves(record: Record, draw: torch.Generator) -> tuple[Drawn, Drawn]:
    """Two disjoint draws of a woman's windows, at most `WINDOWS` in each."""
    order = torch.randperm(len(record.windows), generator=draw)
    middle = len(order) // 2
    return _taken(record, order[:middle], draw), _taken(record, order[middle:], draw)


def some_windows(record: Record, draw: torch.Generator) -> Drawn:
    """At most `WINDOWS` of a woman's windows, augmented."""
    return _taken(record, torch.randperm(len(record.windows), generator=draw), draw)


def _taken(record: Record, order: Tensor, draw: torch.Generator) -> Drawn:
    chosen = order[:WINDOWS].sort().values
    windows = record.windows[chosen].clone()
    windows[:, 0] += NOISE * torch.randn(windows[:, 0].shape, generator=draw) * windows[:, 1]
    steps = windows.shape[-1]
    length = round(HIDDEN * steps)
    starts = torch.randint(steps - length, (len(windows),), generator=draw)
    for row, start in enumerate(starts.tolist()):
        windows[row, :, start : start + length] = 0.0
    return windows, record.start_s[chosen]


def padded(drawn: Sequence[Drawn]) -> tuple[Tensor, Tensor, Tensor]:
    """Windows `(women, most, 2, 240)`, starts and mask `(women, most)`, zeros where none is."""
    windows = nn.utils.rnn.pad_sequence([one for one, _ in drawn], batch_first=True)
    start_s = nn.utils.rnn.pad_sequence([start for _, start in drawn], batch_first=True)
    counts = torch.tensor([len(one) for one, _ in drawn])
    return windows, start_s, (torch.arange(windows.shape[1]) < counts[:, None]).float()
