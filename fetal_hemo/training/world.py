"""Several processes that train one model: who I am, which rows are mine, and exact gradients.

Plain `torch.distributed` under `torchrun`. Each process encodes its own visits, gathers the rows of
all with their gradient, and computes the whole loss. The adjoint of each exchange sums over the
processes, so the mean of their gradients is the gradient of one process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, distributed, nn


def rank() -> int:
    """Number of this process; 0 when it is alone."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def processes() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


@contextmanager
def joined() -> Iterator[None]:
    """Within it, the processes that `torchrun` started work together, by gloo."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2 or distributed.is_initialized():
        yield
        return
    distributed.init_process_group("gloo")
    try:
        yield
    finally:
        distributed.destroy_process_group()


def wait_for_all() -> None:
    """Return when every process has come here."""
    if processes() > 1:
        distributed.barrier()


def shares(rows: int) -> list[slice]:
    """Which of the rows each process works on, as even as can be and in order."""
    ends = [rows * part // processes() for part in range(processes() + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


def own(rows: int) -> slice:
    """Which of the rows are this process's."""
    return shares(rows)[rank()]


def gather_rows(mine: Tensor, counts: Sequence[int]) -> Tensor:
    """The rows of every process, in order; the gradient of a row goes back to its owner.

    `counts` says how many rows each process has: `mine` has as many as stand at its rank.
    """
    if processes() == 1:
        return mine
    gathered: Tensor = _GatherRows.apply(mine, counts)
    return gathered


def sum_over_processes(values: Tensor) -> Tensor:
    """The sum over all processes of a tensor of the same shape in each, with its gradient."""
    if processes() == 1:
        return values
    summed: Tensor = _Sum.apply(values)
    return summed


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Replace every gradient by its mean over the processes, in one exchange."""
    if processes() == 1:
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    parts = (flat / processes()).split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))


class _GatherRows(torch.autograd.Function):
    """Rows of all processes; backwards, the sum of what all processes say of mine."""

    @staticmethod
    def forward(ctx: Any, mine: Tensor, counts: Sequence[int]) -> Tensor:
        start = sum(counts[: rank()])
        ctx.mine = slice(start, start + counts[rank()])
        every = mine.new_zeros(sum(counts), *mine.shape[1:])
        every[ctx.mine] = mine
        distributed.all_reduce(every)  # rows may be unequal in number, which all_gather refuses
        return every

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        summed = gradient.contiguous().clone()
        distributed.all_reduce(summed)
        return summed[ctx.mine], None


class _Sum(torch.autograd.Function):
    """A sum over processes, which is its own adjoint."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        summed = values.contiguous().clone()
        distributed.all_reduce(summed)
        return summed

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        summed = gradient.contiguous().clone()
        distributed.all_reduce(summed)
        return summed
