"""The starts of a bundle on trial: under way, or ended without having passed.

Each has a small file of its own, locked for as long as it is under way. A crash, a kill and a
power cut free the lock and leave the file, and that is a failed start; one that passes takes its
file away. All of it is done while the folder of slots is held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.lock import held_now
from firmware_bridge.store import sync

TRIES = 3  # failed starts after which a bundle that never passed is given up
PREFIX = "try-"


class Try:
    """A start that is under way; raises `FetalHemoError` E-STORAGE when that cannot be noted."""

    def __init__(self, folder: Path, sha256: str) -> None:
        self._descriptor = -1
        try:
            self._descriptor, name = tempfile.mkstemp(dir=folder, prefix=_prefix(sha256))
            self._path = Path(name)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync(folder)  # this start may end in a power cut
        except OSError as error:
            self.end()
            what = f"a start on trial cannot be noted ({error.strerror})"
            raise FetalHemoError("E-STORAGE", what, str(folder), "free space") from None

    def passed(self) -> None:
        """It is over, and no failure, whatever comes."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        self.end()

    def end(self) -> None:
        """It is under way no more: a failure, if it has not passed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def failed(folder: Path, sha256: str) -> int:
    """How many starts of a bundle have ended without having passed."""
    return len(_ended(folder, _prefix(sha256)))


def forget_ended(folder: Path) -> None:
    """Take away the files of all starts that have ended, whatever their bundle."""
    with contextlib.suppress(OSError):
        for path in _ended(folder, PREFIX):
            path.unlink()
        sync(folder)  # before what is noted next


def _prefix(sha256: str) -> str:
    return f"{PREFIX}{sha256[:16]}-"


def _ended(folder: Path, prefix: str) -> list[Path]:
    return [path for path in folder.glob(f"{prefix}*") if _is_ended(path)]


def _is_ended(path: Path) -> bool:
    try:
        with held_now(path, fcntl.LOCK_SH) as descriptor:
            return os.fstat(descriptor).st_nlink > 0  # else it has passed since it was opened
    except OSError:
        return False  # under way, or it has passed just now
