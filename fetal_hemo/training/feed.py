"""Batches of an epoch: chosen in order, loaded ahead of need in a thread of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import torch

Chosen = TypeVar("Chosen")
Loaded = TypeVar("Loaded")

AHEAD = 2  # batches in memory beside the one in use


@dataclass(frozen=True)
class Feed(Generic[Chosen, Loaded]):
    """`choose` draws the batches of an epoch, `load` reads one; `steps` batches an epoch."""

    choose: Callable[[torch.Generator], Iterable[Chosen]]
    load: Callable[[Chosen], Loaded]
    steps: int

    def epoch(self, draw: torch.Generator, first_step: int = 0) -> Iterator[Loaded]:
        """The batches from a step on; those before it are drawn and not read."""
        return ahead(islice(self.choose(draw), first_step, None), self.load)


def ahead(
    chosen: Iterable[Chosen], load: Callable[[Chosen], Loaded], depth: int = AHEAD
) -> Iterator[Loaded]:
    """What `load` makes of each, in order; up to `depth` are made before they are asked for.

    What `load` raises is raised where its batch would have come.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[Loaded]] = deque()
        for item in chosen:
            waiting.append(pool.submit(load, item))
            if len(waiting) > depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
