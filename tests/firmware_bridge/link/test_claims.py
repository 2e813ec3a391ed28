"""Numbers that jump: what a wire says is lost takes neither memory nor hours of silence."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from firmware_bridge.link import Header, LinkReceiver
from firmware_bridge.link.frames import encode_header, encode_samples

RATE, FRAME, MINUTE = 192_000, 1, 60 * 192_000
HEADER = encode_header(Header(1, RATE, 0.0, FRAME))


def jumping(steps: list[int], size: int = FRAME) -> bytes:
    """Frames of ones; before each of them, but for the first, so many numbers are left out."""
    numbers = np.cumsum([0, *(step + 1 for step in steps)])
    ones = np.ones(size, np.int16)
    return b"".join(encode_samples(int(number), ones) for number in numbers)


def heard_of(receiver: LinkReceiver, wire: bytes) -> tuple[int, int]:
    """How many samples arrived, and for how many silence stands."""
    pieces = receiver.feed(wire)
    lost = sum(len(piece.samples) for piece in pieces if piece.lost)
    return sum(len(piece.samples) for piece in pieces) - lost, lost


def test_a_minute_that_is_lost_needs_no_memory() -> None:
    receiver = LinkReceiver()
    wire = HEADER + jumping([MINUTE])
    tracemalloc.start()
    pieces = receiver.feed(wire)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000
    assert [(len(piece.samples), piece.lost) for piece in pieces] == [
        (1, False),
        (MINUTE, True),
        (1, False),
    ]
    assert not pieces[1].samples[::100_000].any()


@pytest.mark.parametrize("step", [MINUTE, MINUTE // 7, MINUTE // 1_000, 100])
def test_false_numbers_make_a_minute_of_silence_and_ten_of_what_arrived(step: int) -> None:
    receiver = LinkReceiver()
    receiver.feed(HEADER)
    heard = lost = claimed = 0
    while claimed < 3 * MINUTE:  # fed as they come
        numbers = [claimed + i * (step + 1) for i in range(1_000)]
        wire = b"".join(encode_samples(number, np.ones(1, np.int16)) for number in numbers)
        more_heard, more_lost = heard_of(receiver, wire)
        heard, lost, claimed = heard + more_heard, lost + more_lost, numbers[-1] + step + 1
    assert heard == receiver.counters.good
    assert lost == receiver.counters.lost
    assert lost <= MINUTE + 10 * heard
    assert receiver.counters.restarts > 0


def test_gaps_of_a_minute_are_true_while_a_tenth_arrives() -> None:
    """A probe that is in reach for 7 s of a minute: every gap has its length, for half an hour."""
    size, rate = 100, 4_000
    receiver = LinkReceiver()
    receiver.feed(encode_header(Header(1, rate, 0.0, size)))
    minute, in_reach = 60 * rate // size, 7 * rate // size
    heard = lost = 0
    for start in range(0, 30 * minute, minute):
        wire = (encode_samples(start + i, np.ones(size, np.int16)) for i in range(in_reach))
        more_heard, more_lost = heard_of(receiver, b"".join(wire))
        heard, lost = heard + more_heard, lost + more_lost
    assert receiver.counters.restarts == 0
    assert heard == 30 * 7 * rate
    assert lost == 29 * 53 * rate


def test_after_too_many_jumps_sound_joins_again() -> None:
    receiver = LinkReceiver()
    receiver.feed(HEADER + jumping([MINUTE] * 3))
    restarts = receiver.counters.restarts
    assert restarts == 2
    last = 3 * (MINUTE + 1)
    wires = [encode_samples(last + 1 + i, np.ones(1, np.int16)) for i in range(1_000)]
    assert heard_of(receiver, b"".join(wires)) == (1_000, 0)
    assert receiver.counters.restarts == restarts


def test_frames_that_change_their_size_claim_no_more_than_came() -> None:
    """The silence of a restart is a frame as they were, not one of a size just named."""
    small, large = (encode_header(Header(1, RATE, 0.0, size)) for size in (1, 1_000))
    frame = encode_samples(0, np.ones(1, np.int16))
    assert heard_of(LinkReceiver(), (small + frame + large) * 100) == (100, 100)
