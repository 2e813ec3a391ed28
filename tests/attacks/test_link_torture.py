"""Millions of bytes over a wire that drops, repeats, flips and floods: nothing false is heard."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.link import Header, LinkReceiver
from firmware_bridge.link.frames import encode_header, encode_samples
from tests.torture.programme import record

FRAME = 100


def damaged(wire: bytes, rng: np.random.Generator) -> bytes:
    """One frame as a bad wire gives it."""
    kind = rng.random()
    if kind < 0.03:
        return b""
    if kind < 0.05:
        return wire + wire
    if kind < 0.09:
        flipped = bytearray(wire)
        for at in rng.integers(0, len(wire), rng.integers(1, 4)):
            flipped[at] ^= 1 << rng.integers(0, 8)
        return bytes(flipped)
    if kind < 0.10:
        return wire[: rng.integers(0, len(wire))]
    if kind < 0.105:
        return rng.integers(0, 256, rng.integers(1, 6_000), dtype=np.uint8).tobytes() + wire
    if kind < 0.107:
        return b"\0" * 300 + wire
    return wire


@pytest.mark.parametrize("total", [1_000_000, pytest.param(20_000_000, marks=pytest.mark.slow)])
def test_what_is_heard_was_sent(total: int) -> None:
    rng = np.random.default_rng(total)
    receiver = LinkReceiver()
    header = encode_header(Header(3, 4_000, 0.0, FRAME))
    heard = number = size = 0
    receiver.feed(header)
    expected: dict[int, bytes] = {}
    while size < total:
        batch = []
        for _ in range(400):
            samples = rng.integers(1, 32_767, FRAME).astype(np.int16)
            expected[number] = samples.tobytes()
            batch.append(damaged(encode_samples(number, samples), rng))
            if number % 40 == 0:
                batch.append(damaged(header, rng))
            number += 1
        wire = b"".join(batch)
        size += len(wire)
        for piece in receiver.feed(wire):
            for frame in piece.samples.reshape(-1, FRAME):
                sent = expected.pop(heard, b"")
                assert not frame.any() if piece.lost else frame.tobytes() == sent
                heard += 1
    counters = receiver.counters
    happened = {"good": counters.good, "lost": counters.lost, "repeated": counters.repeated}
    line = {"programme": "probe's wire", "seed": total, "bytes": size, "frames": number}
    record({**line, "happened": happened, "restarts": counters.restarts})
    assert heard == counters.good + counters.lost
    assert number - 50 < heard <= number  # what is still missing at the end cannot be known
    assert 0.02 < counters.lost / heard < 0.15
    assert counters.restarts == 0
    assert counters.repeated > 0.01 * number
