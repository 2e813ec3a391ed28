"""Frames as bytes: there and back, any damage refused, and 4 kHz fit a slow port with room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.link.cobs import BrokenFrame
from firmware_bridge.link.frames import (
    MAX_ENCODED,
    MAX_FRAME_SAMPLES,
    Header,
    Samples,
    decode_frame,
    encode_header,
    encode_samples,
)
from firmware_bridge.link.serial_port import BITS_PER_BYTE, USUAL_BAUD

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "device.md"
INT16 = st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=300)


@given(number=st.integers(0, 2**32 - 1), values=INT16)
def test_samples_come_back(number: int, values: list[int]) -> None:
    wire = encode_samples(number, np.array(values, np.int16))
    assert wire.index(0) == len(wire) - 1
    frame = decode_frame(wire[:-1])
    assert isinstance(frame, Samples)
    assert (frame.number, frame.samples.tolist()) == (number, values)


def test_header_comes_back() -> None:
    header = Header(65_535, 192_000, -12.5, 1_000)
    assert decode_frame(encode_header(header)[:-1]) == header


def test_the_bytes_that_the_document_shows() -> None:
    shown = DOCUMENT.read_text()
    assert encode_header(Header(7, 4_000, 6.0, 2)).hex(" ") in shown
    assert encode_samples(1, np.array([258, -1], np.int16)).hex(" ") in shown


@given(values=INT16, data=st.data())
def test_any_changed_byte_is_refused(values: list[int], data: st.DataObject) -> None:
    wire = bytearray(encode_samples(3, np.array(values, np.int16))[:-1])
    at = data.draw(st.integers(0, len(wire) - 1))
    wire[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenFrame):
        decode_frame(bytes(wire))


@pytest.mark.parametrize("loud", [False, True])
@pytest.mark.parametrize("frame_samples", [50, 100, 200])
def test_4_khz_and_16_bit_fit_115200_baud_with_room(frame_samples: int, loud: bool) -> None:
    """A minute of real bytes on the wire, noise and the worst case of stuffing."""
    rng = np.random.default_rng(0)
    pcm = rng.integers(-32_768, 32_767, 240_000).astype(np.int16)
    if loud:
        pcm[:] = 32_767  # no zero bytes: stuffing adds the most
    size = 60 * len(encode_header(Header(1, 4_000, 20.0, frame_samples)))
    for number, start in enumerate(range(0, len(pcm), frame_samples)):
        size += len(encode_samples(number, pcm[start : start + frame_samples]))
    share = size * BITS_PER_BYTE / (60 * USUAL_BAUD)
    assert 0.69 < share < 0.80


def test_no_frame_is_longer_than_the_receiver_believes() -> None:
    longest = encode_samples(2**32 - 1, np.full(MAX_FRAME_SAMPLES, -1, np.int16))
    assert len(longest) <= MAX_ENCODED


def test_a_frame_of_100_samples_fits_one_notification_of_bluetooth() -> None:
    assert len(encode_samples(2**32 - 1, np.full(100, -1, np.int16))) <= 244


@pytest.mark.parametrize("kind", [0x00, 0x49, 0xFF])
def test_unknown_kinds_are_refused(kind: int) -> None:
    import zlib

    from firmware_bridge.link import cobs

    body = bytes([kind]) + b"12345678"
    with pytest.raises(BrokenFrame):
        decode_frame(cobs.encode(body + zlib.crc32(body).to_bytes(4, "little")))


@pytest.mark.parametrize("frame_samples", [0, 1_001])
def test_headers_of_impossible_frames_are_refused(frame_samples: int) -> None:
    with pytest.raises(BrokenFrame):
        decode_frame(encode_header(Header(1, 4_000, 0.0, frame_samples))[:-1])
