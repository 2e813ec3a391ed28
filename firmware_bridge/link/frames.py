"""The two kinds of frame a probe sends, as bytes and back. docs/device.md shows every byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from firmware_bridge.link import cobs

VERSION = 1
HEADER_KIND, SAMPLES_KIND = 0x48, 0x53  # "H" and "S"
HEADER = struct.Struct("<BBHIhH")  # kind, version, session, rate, gain, samples a frame
SAMPLES = struct.Struct("<BI")  # kind, number; the samples follow
CRC = struct.Struct("<I")
MAX_FRAME_SAMPLES = 1_000
GAIN_STEP_DB = 1 / 256
DELIMITER = b"\0"
# A frame with more bytes than this between two zeros was never sent by a probe.
MAX_ENCODED = SAMPLES.size + 2 * MAX_FRAME_SAMPLES + CRC.size + 16


@dataclass(frozen=True)
class Header:
    """What a probe says of itself, at its start and every second."""

    session: int  # 0 to 65535; another one says that the probe has started again
    rate_hz: int
    gain_db: float  # of its amplifier, in steps of 1/256 dB
    frame_samples: int  # in every frame of samples, 1 to 1000


@dataclass(frozen=True)
class Samples:
    """Frame number `number` since the probe's start: `(frame_samples,)` int16."""

    number: int
    samples: np.ndarray


def encode_header(header: Header) -> bytes:
    """The header's bytes on the wire, with the zero that ends them."""
    gain = round(header.gain_db / GAIN_STEP_DB)
    rest = (header.session, header.rate_hz, gain, header.frame_samples)
    return _sealed(HEADER.pack(HEADER_KIND, VERSION, *rest))


def encode_samples(number: int, samples: np.ndarray) -> bytes:
    """The bytes on the wire of int16 samples `(time,)`, with the zero that ends them."""
    head = SAMPLES.pack(SAMPLES_KIND, number % 2**32)
    return _sealed(head + np.asarray(samples).astype("<i2", casting="safe").tobytes())


def encode_stream(header: Header, samples: np.ndarray) -> Iterator[bytes]:
    """The frames of a probe that sends int16 samples `(time,)`: a header each second.

    What does not fill a frame at the end is not sent.
    """
    size = header.frame_samples
    for number in range(len(samples) // size):
        if number % max(1, header.rate_hz // size) == 0:
            yield encode_header(header)
        yield encode_samples(number, samples[number * size : (number + 1) * size])


def decode_frame(stuffed: bytes) -> Header | Samples:
    """The frame in the bytes between two zeros; raises `BrokenFrame`."""
    data = cobs.decode(stuffed)
    body, seal = data[: -CRC.size], data[-CRC.size :]
    if len(body) < SAMPLES.size or CRC.unpack(seal)[0] != zlib.crc32(body):
        raise cobs.BrokenFrame("its checksum does not fit")
    if body[0] == SAMPLES_KIND and (len(body) - SAMPLES.size) % 2 == 0:
        number = SAMPLES.unpack_from(body)[1]
        return Samples(number, np.frombuffer(body, "<i2", offset=SAMPLES.size))
    if body[0] == HEADER_KIND and len(body) == HEADER.size and body[1] == VERSION:
        return _header(body)
    raise cobs.BrokenFrame("of a kind or version that is not known")


def _header(body: bytes) -> Header:
    _, _, session, rate_hz, gain, frame_samples = HEADER.unpack(body)
    if not 1 <= frame_samples <= MAX_FRAME_SAMPLES:
        raise cobs.BrokenFrame("frames of an impossible size")
    return Header(session, rate_hz, gain * GAIN_STEP_DB, frame_samples)


def _sealed(body: bytes) -> bytes:
    return cobs.encode(body + CRC.pack(zlib.crc32(body))) + DELIMITER
