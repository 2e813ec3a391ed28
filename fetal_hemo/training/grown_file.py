"""Files of a run that grow line by line: a kill or a power cut may leave the end of one torn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import sync, write_atomically


def keep_whole_lines(path: Path, is_whole: Callable[[bytes], bool]) -> None:
    """Leave in a file the lines before the first that is torn, so that others can follow.

    A missing file stays so. Raises E-STORAGE.
    """
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    kept = list(takewhile(lambda line: line.endswith(b"\n") and is_whole(line), lines))
    if len(kept) < len(lines):
        write_atomically(path, b"".join(kept))


def sync_grown(path: Path) -> None:
    """Have the lines so far survive a power cut. Raises E-STORAGE."""
    try:
        sync(path)
    except OSError as error:
        raise FetalHemoError("E-STORAGE", str(error.strerror), str(path)) from None
