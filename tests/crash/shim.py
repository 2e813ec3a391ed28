"""From inside a process behind `faults.c`: arm it, and work in forked children that may die."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

KILL, LASTING = -1, 1 << 16
KINDS = {
    "kill": KILL,
    "disk full from then on": errno.ENOSPC | LASTING,
    "one input/output error": errno.EIO,
    "read-only from then on": errno.EROFS | LASTING,
}
OUR_BUG = 70


def arm(folder: Path, at: int, what: int, log: int = -1) -> None:
    """From now on count; see `fault_arm`."""
    ctypes.CDLL(None).fault_arm(str(folder).encode(), ctypes.c_long(at), what, log)


def calls() -> int:
    """Calls counted since the last `arm`."""
    return int(ctypes.CDLL(None).fault_calls())


def in_child(work: Callable[[int], object]) -> tuple[int, bytes]:
    """Exit status (negative: the signal) of `work` in a forked process, and what it told.

    `work` gets a descriptor to tell through: what it has told before it is killed counts.
    """
    read, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = OUR_BUG
        try:
            work(told)
            status = 0
        except BaseException as error:
            status = getattr(error, "exit_status", OUR_BUG)
            if status == OUR_BUG:
                print(repr(error), file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(told)
    with open(read, "rb") as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said
