"""A new cohort under a name of its own until it is complete; then it and its key appear."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fetal_hemo.deid.key_file import Origin, belongs, write_key
from fetal_hemo.deid.places import part_of
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import MANIFEST
from fetal_hemo.recordings.key_table import key_is_there
from firmware_bridge.store import drop_unfinished, sync

NO_TIME = (946_684_800, 946_684_800)  # 2000-01-01: when a file was written, and in which order


@contextmanager
def unfinished(out: Path, key: Path) -> Iterator[Path]:
    """The empty folder to fill; it is gone after any error, Ctrl-C included.

    What a killed run has left behind is deleted first, its key as well. Raises E-USAGE if the key
    is another cohort's or a run is at work in the folder.
    """
    part = part_of(out)
    part.mkdir(parents=True, exist_ok=True)
    lock = os.open(part, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(lock)
        try:
            _clear(part, key)
            yield part
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    finally:
        os.close(lock)


def publish(part: Path, out: Path, key: Path, origins: Sequence[Origin]) -> None:
    """Write the key, then give the folder its name: never a new cohort without its key."""
    for path in sorted(part.rglob("*"), reverse=True):
        _settle(path)
    _settle(part)
    try:
        write_key(key, origins)
        part.rename(out)
    except BaseException:
        if part.exists():
            key.unlink(missing_ok=True)
        raise
    sync(out.parent)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        what, fix = "another run is making this cohort", "wait for it"
        raise FetalHemoError("E-USAGE", what, "--out", fix) from None


def _clear(part: Path, key: Path) -> None:
    drop_unfinished(key.parent, key.name)
    if key.exists():
        if not belongs(key, part / MANIFEST):
            raise key_is_there()
        key.unlink()
    for path in part.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _settle(path: Path) -> None:
    os.utime(path, NO_TIME)
    sync(path)
