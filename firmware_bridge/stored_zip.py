"""A zip of stored members in exactly one form, so that there is only one way to read it."""

from __future__ import annotations

import struct
import zlib

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
VERSION = 20  # of the zip format: any reader opens the file
DATE_1980 = 33  # 1 January 1980, the zip format's zero: the same members give the same bytes
LOCAL_BYTES = 30


class NotCanonical(ValueError):
    """The bytes are not a zip as `pack` writes it; the text says why."""


def pack(members: dict[str, bytes]) -> bytes:
    """The zip that holds `members` in their order, stored; ordinary tools open it."""
    body, directory = bytearray(), bytearray()
    for name, data in members.items():
        fields = _fields(name, data)
        directory += CENTRAL + struct.pack("<H", VERSION) + fields
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + name.encode("ascii")
        body += LOCAL + fields + name.encode("ascii") + data
    count = len(members)
    end = END + struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """The members of a zip that `pack` wrote with exactly these names in this order.

    Raises `NotCanonical` for anything else: another order, a comment, a compressed or
    duplicate member, a wrong checksum, a byte between or after.
    """
    members: dict[str, bytes] = {}
    position = 0
    for expected in names:
        name, start, size = _local(data, position)
        if name != expected.encode("ascii"):
            raise NotCanonical(f"{expected} is missing or not in its place")
        members[expected] = data[start : start + size]
        position = start + size
    if pack(members) != data:
        raise NotCanonical("it holds something besides its members, or damage")
    return members


def _fields(name: str, data: bytes) -> bytes:
    """What the local header and the directory say alike."""
    checksum = zlib.crc32(data)
    sizes = (len(data), len(data), len(name), 0)
    return struct.pack("<HHHHHLLLHH", VERSION, 0, 0, 0, DATE_1980, checksum, *sizes)


def _local(data: bytes, position: int) -> tuple[bytes, int, int]:
    """Name, start and size of the member whose header stands at `position`."""
    header = data[position : position + LOCAL_BYTES]
    if len(header) < LOCAL_BYTES or header[:4] != LOCAL:
        raise NotCanonical("it ends early or is not a zip")
    size, _, name_length, extra = struct.unpack("<LLHH", header[18:])
    start = position + LOCAL_BYTES + name_length + extra
    if start + size > len(data):
        raise NotCanonical("it ends early")
    return data[position + LOCAL_BYTES : start - extra], start, size
