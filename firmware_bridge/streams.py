"""Standard streams that may be closed or full: messages can be lost, work and results may not."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from firmware_bridge.printable import printable

STDIN, STDOUT, STDERR = 0, 1, 2


class Unheard(io.TextIOWrapper):
    """Standard error of which a message that cannot be written is lost, and nothing else.

    Unbuffered, so that a message which a full disk refused does not come back with the next.
    """

    def __init__(self, encoding: str) -> None:
        raw = io.FileIO(STDERR, "w", closefd=False)
        super().__init__(raw, encoding, errors="backslashreplace", write_through=True)  # type: ignore[type-var]

    def write(self, text: str) -> int:
        """Characters of `text`, whether or not anybody got them."""
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Nothing: what could be written has been."""


def prepare_streams() -> None:
    """Make standard error safe to write to, and occupy closed descriptors with the null device.

    Else the next file that is opened, a queue perhaps, gets the number of a standard stream, and
    what libraries print is written into it. Called before a command does anything.
    """
    for descriptor in (STDIN, STDOUT, STDERR):
        _occupy(descriptor)
    if sys.stderr is None:  # it was closed
        sys.stderr = Unheard("utf-8")
    elif is_descriptor(sys.stderr, STDERR):
        sys.stderr = Unheard(sys.stderr.encoding)


def note(what: str) -> None:
    """One line for whoever looks after the device."""
    print(f"note: {printable(what)}", file=sys.stderr, flush=True)


def is_descriptor(stream: TextIO | None, descriptor: int) -> bool:
    """Whether a stream writes to this descriptor; not if it is redirected into memory."""
    try:
        return stream is not None and stream.fileno() == descriptor
    except (AttributeError, OSError, ValueError):
        return False


def _occupy(descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
