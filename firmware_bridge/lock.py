"""One process at a time for a piece of work; the lock is the kernel's and ends with the process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from firmware_bridge.errors import FetalHemoError

PAUSE_S = 0.02


@contextlib.contextmanager
def only_one(path: str | Path, work: str, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of a folder, or of a lock file that is made.

    Raises `FetalHemoError` E-STORAGE when another process holds it, naming its `work`, and does
    so for longer than `wait_s`.
    """
    descriptor = -1
    try:
        how = os.O_RDONLY if os.path.isdir(path) else os.O_RDWR | os.O_CREAT
        descriptor = os.open(path, how, 0o600)
        _take(descriptor, wait_s)
    except BlockingIOError:
        os.close(descriptor)
        what = f"another process is {work}"
        raise FetalHemoError("E-STORAGE", what, str(path), "wait for it") from None
    except OSError as error:
        if descriptor >= 0:
            os.close(descriptor)
        what = f"cannot be locked ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what, str(path)) from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held_now(path: str | Path, how: int) -> Iterator[int]:
    """The descriptor of a file that is there, its lock held (LOCK_EX or LOCK_SH) without waiting.

    Raises OSError for a file that is gone, and for one that another process holds.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, wait_s: float) -> None:
    """Lock it, asked for again until `wait_s` is over; raises BlockingIOError, or OSError."""
    for _ in range(round(wait_s / PAUSE_S)):  # counted: no clock of a device is relied on
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(PAUSE_S)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
