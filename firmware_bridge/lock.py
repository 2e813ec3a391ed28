"""One process at a time for a piece of work; the lock is the kernel's and ends with the process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from firmware_bridge.errors import FetalHemoError


@contextlib.contextmanager
def only_one(path: str | Path, work: str) -> Iterator[None]:
    """Hold the lock of a folder, or of a lock file that is made.

    Raises `FetalHemoError` E-STORAGE when another process holds it, naming its `work`.
    """
    try:
        import fcntl
    except ImportError:  # no POSIX system: nothing else could be asked
        yield
        return
    descriptor = -1
    try:
        how = os.O_RDONLY if os.path.isdir(path) else os.O_RDWR | os.O_CREAT
        descriptor = os.open(path, how, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
