"""A probe's samples stay in their places, whatever happens to its bytes on the way."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.link.frames import MAX_ENCODED, Header, encode_header, encode_samples
from firmware_bridge.link.receiver import LinkReceiver, Piece

FRAME = 25
HEADER = Header(7, 4_000, 6.0, FRAME)


def pcm(frames: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).integers(1, 30_000, frames * FRAME)  # never silent
    return values.astype(np.int16)


def sent(samples: np.ndarray, first: int = 0) -> list[bytes]:
    """The frames of samples, one bytes object each, a header before them."""
    frames = samples.reshape(-1, FRAME)
    numbered = [encode_samples(first + i, frame) for i, frame in enumerate(frames)]
    return [encode_header(HEADER), *numbered]


def join(pieces: list[Piece]) -> tuple[np.ndarray, np.ndarray]:
    """Samples and flags of lost ones, both `(time,)`."""
    if not pieces:
        return np.zeros(0, np.int16), np.zeros(0, bool)
    flags = [np.full(len(piece.samples), piece.lost) for piece in pieces]
    return np.concatenate([piece.samples for piece in pieces]), np.concatenate(flags)


def receive(wire: bytes) -> tuple[LinkReceiver, np.ndarray, np.ndarray]:
    receiver = LinkReceiver()
    return receiver, *join(receiver.feed(wire))


@given(cuts=st.lists(st.integers(0, 2_000), max_size=30))
def test_cuts_do_not_matter(cuts: list[int]) -> None:
    samples = pcm(20)
    wire = b"".join(sent(samples))
    receiver = LinkReceiver()
    edges = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    pieces = [p for a, b in itertools.pairwise(edges) for p in receiver.feed(wire[a:b])]
    found, lost = join(pieces)
    assert np.array_equal(found, samples)
    assert not lost.any()
    assert receiver.header == HEADER
    assert (receiver.counters.good, receiver.counters.broken) == (20, 0)


@given(
    dropped=st.sets(st.integers(1, 29), max_size=10),
    again=st.sets(st.integers(0, 29), max_size=10),
)
def test_lost_frames_are_silence_and_repeated_ones_nothing(
    dropped: set[int], again: set[int]
) -> None:
    samples = pcm(31)  # the last one arrives, and shows what is missing before it
    header, *frames = sent(samples)
    kept = [
        frame * (1 + (index in again)) for index, frame in enumerate(frames) if index not in dropped
    ]
    receiver, found, lost = receive(header + b"".join(kept))
    missing = np.repeat([index in dropped for index in range(31)], FRAME)
    assert np.array_equal(lost, missing)
    assert np.array_equal(found, np.where(missing, 0, samples))
    counters = receiver.counters
    assert (counters.lost, counters.good) == (len(dropped), 31 - len(dropped))
    assert counters.repeated == len(again - dropped)


@given(start=st.integers(0, 1_500), noise=st.binary(max_size=400), over=st.integers(0, 400))
def test_noise_costs_two_frames_more_than_it_hits(start: int, noise: bytes, over: int) -> None:
    """Noise in place of `over` bytes: all frames before it, and all but two after it, are whole."""
    samples = pcm(60)
    parts = sent(samples)
    wire = b"".join(parts)
    start += len(parts[0]) + len(parts[1])  # what precedes the first frame heard is not missed
    ends = np.cumsum([len(part) for part in parts])[1:]
    starts = ends - [len(part) for part in parts[1:]]
    _, found, lost = receive(wire[:start] + noise + wire[start + over :])
    whole = (ends <= start) | (starts >= start + over)
    first_after = int(np.argmax(starts >= start + over))
    whole[first_after : first_after + 2] = False
    assert len(found) == len(samples)
    for index in np.flatnonzero(whole):
        here = slice(index * FRAME, (index + 1) * FRAME)
        assert np.array_equal(found[here], samples[here])
        assert not lost[here].any()
    assert np.array_equal(found, np.where(lost, 0, samples))  # a gap is never heard as signal


def test_a_listener_may_join_in_the_middle() -> None:
    samples = pcm(8)
    wire = b"".join(sent(samples)[1:4]) + b"".join(sent(samples[3 * FRAME :], first=3))
    receiver, found, lost = receive(wire[17:])
    assert np.array_equal(found, samples[3 * FRAME :])
    assert not lost.any()
    assert (receiver.counters.broken, receiver.counters.early) == (1, 2)


def test_numbers_go_round() -> None:
    samples = pcm(6)
    header, *frames = sent(samples, first=2**32 - 3)
    del frames[2]  # number 2**32 - 1
    _, found, lost = receive(header + b"".join(frames))
    assert len(found) == len(samples)
    assert np.flatnonzero(lost).tolist() == list(range(2 * FRAME, 3 * FRAME))


def test_a_probe_that_starts_again_does_not_join() -> None:
    samples = pcm(4)
    again = encode_header(Header(8, 4_000, 6.0, FRAME)) + b"".join(sent(samples)[1:])
    receiver, found, lost = receive(b"".join(sent(samples)) + again)
    assert len(found) == 9 * FRAME
    assert np.flatnonzero(lost).tolist() == list(range(4 * FRAME, 5 * FRAME))
    assert receiver.counters.restarts == 1


def test_a_probe_that_was_away_is_no_gap() -> None:
    samples = pcm(2)
    far = sent(samples, first=1_000_000)[1:]
    receiver, found, _ = receive(b"".join(sent(samples)) + b"".join(far))
    assert len(found) == 5 * FRAME
    assert receiver.counters.restarts == 1


def test_a_changed_gain_is_known_and_a_changed_rate_ends_it() -> None:
    receiver, *_ = receive(b"".join(sent(pcm(1))) + encode_header(Header(7, 4_000, 9.0, FRAME)))
    assert receiver.header is not None
    assert receiver.header.gain_db == 9.0
    samples = pcm(2)
    wire = b"".join(sent(samples, first=1)[1:])
    pieces = receiver.feed(wire + encode_header(Header(7, 8_000, 9.0, FRAME)) + wire)
    assert np.array_equal(join(pieces)[0], samples)
    assert receiver.fault is not None
    assert receiver.fault.code == "E-LINK"
    assert receiver.header.rate_hz == 4_000  # of the samples that came before
    assert receiver.feed(wire) == []


def test_an_impossible_rate_is_refused() -> None:
    receiver, *_ = receive(encode_header(Header(7, 300, 0.0, FRAME)))
    assert receiver.fault is not None
    assert receiver.fault.code == "E-SAMPLE-RATE"


def test_frames_of_another_size_are_broken() -> None:
    receiver, found, _ = receive(encode_header(HEADER) + encode_samples(0, np.ones(3, np.int16)))
    assert (len(found), receiver.counters.broken) == (0, 1)


def test_a_flood_needs_no_memory() -> None:
    receiver = LinkReceiver()
    tracemalloc.start()
    for _ in range(200):
        receiver.feed(b"\xff" * 10_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MAX_ENCODED
    samples = pcm(5)
    found, _ = join(receiver.feed(b"\0" + b"".join(sent(samples))))
    assert np.array_equal(found, samples)
    assert receiver.counters.broken == 1


@settings(max_examples=50)
@given(noise=st.binary(max_size=5_000))
def test_noise_is_never_heard(noise: bytes) -> None:
    receiver, found, _ = receive(encode_header(HEADER) + noise)
    assert len(found) == 0
    assert receiver.counters.good == 0
