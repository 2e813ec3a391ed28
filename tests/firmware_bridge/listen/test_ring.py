"""A ring between two threads: every byte once, in order, and no memory asked for."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.listen.ring import Ring


@given(
    capacity=st.integers(1, 50),
    moves=st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=60),
)
def test_it_is_a_queue(capacity: int, moves: list[tuple[bool, int]]) -> None:
    ring, queue, following = Ring(capacity), bytearray(), 0
    for write, size in moves:
        if write:
            data = bytes((following + i) % 256 for i in range(size))
            fits = size <= capacity - len(queue)
            assert ring.write(data) == fits
            if fits:
                queue += data
                following += size
        else:
            assert ring.take(size) == bytes(queue[:size])
            del queue[:size]
        assert (ring.waiting, ring.free) == (len(queue), capacity - len(queue))
        assert sum(map(len, ring.room())) == ring.free


def test_two_threads_lose_nothing() -> None:
    data = np.random.default_rng(0).integers(0, 256, 300_000).astype(np.uint8).tobytes()
    ring = Ring(4_099)
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 3_000, 10_000).tolist()

    def produce() -> None:
        at = 0
        for size in sizes:
            while at < len(data) and not ring.write(data[at : at + size]):
                time.sleep(1e-5)
            at += size

    thread = threading.Thread(target=produce)
    thread.start()
    found = bytearray()
    while len(found) < len(data):
        found += ring.take(777)
        time.sleep(1e-6)
    thread.join()
    assert bytes(found) == data


def test_the_producer_asks_for_no_memory() -> None:
    """A descriptor is read straight into the ring; a block is copied into it."""
    ring = Ring(2**16)
    block = memoryview(bytes(1_000))
    reading, writing = os.pipe()

    def once() -> None:
        assert ring.write(block)
        os.write(writing, block)
        ring.commit(os.readv(reading, ring.room()))
        ring.taken += 2_000

    once()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2_000):
        once()
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    os.close(reading)
    os.close(writing)
    assert now - before < 500
    assert peak - before < 3_000  # views, never a copy of what goes through
