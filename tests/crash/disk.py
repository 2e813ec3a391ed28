"""A disk as POSIX promises it and no better: what was not synced may be there, in part, or not.

It follows the changes that `faults.c` wrote down. After a power cut, of what was not synced since,
any pages of a file may have been written, and the first few of a folder's changes of names.
"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HEAD = struct.Struct("<cHHqI")
PAGE = 4_096
ACKNOWLEDGED = b"a"  # a record that the programme itself writes: somebody was told


class Change(NamedTuple):
    """One storage call, or one acknowledgement (in `data`)."""

    kind: bytes
    path: str
    target: str
    offset: int
    data: bytes


def read_changes(log: bytes) -> Iterator[Change]:
    """The changes of a log, in order."""
    at = 0
    while at < len(log):
        kind, first, second, offset, size = HEAD.unpack_from(log, at)
        at += HEAD.size
        path, target = log[at : at + first].decode(), log[at + first : at + first + second].decode()
        at += first + second
        yield Change(kind, path, target, offset, log[at : at + size])
        at += size


def acknowledgement(text: bytes) -> bytes:
    """A record for the log that says somebody was told `text`."""
    return HEAD.pack(ACKNOWLEDGED, 0, 0, 0, len(text)) + text


class File:
    """What of a file is safe, and what was written since."""

    def __init__(self) -> None:
        self.safe = b""
        self.since: list[Change] = []

    def sync(self) -> None:
        """Everything so far is safe."""
        for change in self.since:
            self.safe = changed(self.safe, change)
        self.since = []

    def after_cut(self, share: float, draw: random.Random) -> bytes:
        """The content after a cut, when each page since was written with chance `share`."""
        content = self.safe
        for change in self.since:
            for page in pages(change):
                if draw.random() < share:
                    content = changed(content, page)
        return content


class Disk:
    """One folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.names: dict[str, File] = {}
        self.safe_names: dict[str, File] = {}
        self.renamings: list[tuple[Change, File | None]] = []  # since the folder was synced

    def follow(self, change: Change) -> None:
        """Take one change."""
        if change.kind in (b"w", b"t"):
            if change.path in self.names:  # else it has no name any more
                self.names[change.path].since.append(change)
        elif change.kind == b"s" and change.path == self.folder:
            self.safe_names, self.renamings = dict(self.names), []
        elif change.kind == b"s":
            if change.path in self.names:
                self.names[change.path].sync()
        elif change.kind in (b"c", b"r", b"u"):
            made = File() if change.kind == b"c" else None
            self.names = renamed(self.names, change, made)
            self.renamings.append((change, made))

    def cut(self, to: Path, draw: random.Random) -> None:
        """Write into the folder `to` what is left after a cut now."""
        most = len(self.renamings)
        names = self.safe_names
        for change, made in self.renamings[: draw.choice((0, draw.randint(0, most), most))]:
            names = renamed(names, change, made)
        share = draw.choice((0.0, 0.3, 0.7, 1.0))
        for path, file in names.items():
            (to / Path(path).name).write_bytes(file.after_cut(share, draw))


def changed(content: bytes, change: Change) -> bytes:
    """The content after a write or a truncation."""
    if change.kind == b"t":
        return content[: change.offset].ljust(change.offset, b"\0")
    end = change.offset + len(change.data)
    return content[: change.offset].ljust(change.offset, b"\0") + change.data + content[end:]


def renamed(names: dict[str, File], change: Change, made: File | None) -> dict[str, File]:
    """The names after a creation, a renaming or a removal."""
    after = dict(names)
    if change.kind == b"c":
        assert made is not None
        after[change.path] = made
    elif change.kind == b"u":
        after.pop(change.path, None)
    elif change.path in after:
        after[change.target] = after.pop(change.path)
    return after


def pages(change: Change) -> Iterator[Change]:
    """The change in pieces that a disk writes at once."""
    if change.kind == b"t":
        yield change
        return
    at, data = change.offset, change.data
    while data:
        size = PAGE - at % PAGE
        yield change._replace(offset=at, data=data[:size])
        at, data = at + size, data[size:]


def replayed(
    changes: Sequence[Change], cuts: Sequence[int], place: Path, left: Path, draw: random.Random
) -> Iterator[tuple[int, list[str]]]:
    """Each cut, in order, and what was acknowledged since the last; `left` is what it leaves."""
    disk, done = Disk(str(place)), 0
    for cut in sorted(cuts):
        told = []
        for change in changes[done:cut]:
            if change.kind == ACKNOWLEDGED:
                told.append(change.data.decode())
            else:
                disk.follow(change)
        done = cut
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        disk.cut(left, draw)
        yield cut, told
