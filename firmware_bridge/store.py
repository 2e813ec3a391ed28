"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.lock import held_now

PRIVATE = 0o600  # a woman's results and sound, keys, and what a device remembers
PREFIX = ".unfinished-"  # of the temporary names of `write_atomically`
UNFINISHED = re.compile(re.escape(PREFIX) + r".+\.[a-z0-9_]{8}")


def write_atomically(path: str | Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` under `path`: temporary file, fsync, rename, fsync of the folder.

    Raises `FetalHemoError` E-STORAGE; an older file under that name is then untouched.
    """
    with _told(path):
        _write(Path(path), data, mode, os.replace)


def write_new(path: str | Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` under `path`, whole, unless another process has put something there before.

    Raises `FetalHemoError` E-STORAGE.
    """
    with _told(path):
        _write(Path(path), data, mode, _link)


def make_folder(path: str | Path) -> Path:
    """The folder, made if it is missing and then safe from a power cut.

    Raises `FetalHemoError` E-STORAGE.
    """
    folder = Path(path)
    try:
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for part in reversed(missing):
            sync(part.parent)
    except OSError as error:
        what = f"the folder cannot be made ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what, str(path), "choose another") from None
    return folder


def drop_unfinished(folder: str | Path, of: str = "") -> None:
    """Delete what killed writes have left in a folder, of one file name or of all.

    What another process is writing at the moment is locked, and stays.
    """
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if UNFINISHED.fullmatch(name) and name.startswith(_prefix(of) if of else PREFIX):
                _drop_if_dead(Path(folder) / name)


@contextlib.contextmanager
def _told(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what, str(path), "free space or choose another") from None


def _drop_if_dead(path: Path) -> None:
    with contextlib.suppress(OSError), held_now(path, fcntl.LOCK_EX):
        os.unlink(path)


def _prefix(name: str) -> str:
    return f"{PREFIX}{name[:40]}."


def _new(target: Path) -> tuple[int, str]:
    """A new temporary file, locked for as long as it is being written; raises OSError."""
    while True:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target.name))
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.path.exists(temporary):  # nobody took it for a leftover in between
            return descriptor, temporary
        os.close(descriptor)


def _link(temporary: str, target: Path) -> None:
    with contextlib.suppress(FileExistsError):  # who came first has written it, whole
        os.link(temporary, target)
    os.unlink(temporary)


def _write(target: Path, data: bytes, mode: int, place: Callable[[str, Path], None]) -> None:
    descriptor, temporary = _new(target)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            place(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file's content, or the names in a folder, survive a power cut; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
