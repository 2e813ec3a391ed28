"""Consistent overhead byte stuffing: bytes without a zero, so that a zero can end a frame.

Cheshire & Baker 1999, IEEE/ACM Trans Netw 7:159. One byte more in 254 at most.
"""

from __future__ import annotations

LONGEST_RUN = 254  # bytes without a zero that one length byte can announce


class BrokenFrame(ValueError):
    """Bytes that no encoder wrote."""


def encode(data: bytes) -> bytes:
    """The data as bytes that are not zero; the zero that ends a frame is not among them."""
    out = bytearray()
    *followed, last = data.split(b"\0")
    for run in followed:
        whole = len(run) // LONGEST_RUN * LONGEST_RUN
        out += _long_runs(run[:whole]) + bytes([len(run) - whole + 1]) + run[whole:]
    whole = max(len(last) - 1, 0) // LONGEST_RUN * LONGEST_RUN
    rest = last[whole:]  # 254 bytes at the very end need no empty run after them
    return bytes(out + _long_runs(last[:whole]) + bytes([len(rest) + 1]) + rest)


def _long_runs(data: bytes) -> bytes:
    starts = range(0, len(data), LONGEST_RUN)
    return b"".join(b"\xff" + data[at : at + LONGEST_RUN] for at in starts)


def decode(stuffed: bytes) -> bytes:
    """The data of an encoded frame without its final zero; raises `BrokenFrame`."""
    if 0 in stuffed:
        raise BrokenFrame("a zero within a frame")
    out = bytearray(stuffed)
    at, surplus = 0, [0]  # length bytes where no zero was: the first, and those after a full run
    while at < len(stuffed):
        length = stuffed[at]
        out[at] = 0
        at += length
        if length > LONGEST_RUN:
            surplus.append(at)
    if at > len(stuffed):
        raise BrokenFrame("cut short")
    for place in reversed(surplus):
        del out[place : place + 1]
    return bytes(out)
