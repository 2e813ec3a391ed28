"""Batches come in order, ahead of need, and what goes wrong is told where it belongs."""

from __future__ import annotations

import threading
import time

import pytest
import torch

from fetal_hemo.training.feed import AHEAD, Feed, ahead


def test_batches_come_in_order_and_those_before_the_first_step_are_not_read() -> None:
    read: list[float] = []

    def load(number: torch.Tensor) -> float:
        read.append(float(number))
        return float(number)

    feed = Feed(lambda draw: torch.rand(6, generator=draw), load, 6)
    every = list(feed.epoch(torch.Generator().manual_seed(1)))
    read.clear()
    assert list(feed.epoch(torch.Generator().manual_seed(1), 4)) == every[4:] == read


def test_no_more_than_a_few_are_loaded_before_they_are_asked_for() -> None:
    read: list[int] = []
    batches = ahead(range(100), lambda number: read.append(number) or number)
    assert next(batches) == 0
    time.sleep(0.05)
    assert len(read) == AHEAD + 1
    batches.close()
    assert threading.active_count() < 20


def test_the_next_is_loaded_while_the_last_is_in_use() -> None:
    def load(number: int) -> int:
        time.sleep(0.05)
        return number

    batches, waited = ahead(range(6), load), []
    for _ in range(6):
        start = time.monotonic()
        next(batches)
        waited.append(time.monotonic() - start)
        time.sleep(0.08)  # the work
    assert max(waited[1:]) < 0.04  # without reading ahead each would take 0.05 s


def test_what_a_file_raises_comes_in_its_place() -> None:
    def load(number: int) -> int:
        if number == 3:
            raise OSError("third")
        return number

    batches = ahead(range(6), load)
    assert [next(batches) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="third"):
        next(batches)
