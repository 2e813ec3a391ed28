"""A disk as POSIX promises it and no better: what was not synced may be there, in part, or not.

It follows the changes that `faults.c` wrote down. After a power cut, of what was not synced since,
any pages of a file may have been written, and of a folder's changes of names the first few or any.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
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


class Folder:
    """Names of files and folders: those that are safe, and the changes since."""

    def __init__(self) -> None:
        self.names: dict[str, File | Folder] = {}
        self.safe: dict[str, File | Folder] = {}
        self.since: list[dict[str, File | Folder | None]] = []  # None: gone

    def sync(self) -> None:
        """The names so far are safe."""
        self.safe, self.since = dict(self.names), []

    def change(self, names: dict[str, File | Folder | None]) -> None:
        """Make, rename or remove at one moment."""
        self.names = renamed(self.names, names)
        self.since.append(names)

    def after_cut(self, share: float, draw: random.Random, to: Path) -> None:
        """Write what is left into `to`: the first changes since, or any of them, in their order."""
        most, names = len(self.since), self.safe
        first = self.since[: draw.choice((0, draw.randint(0, most), most))]
        some = [change for change in self.since if draw.random() < 0.5]
        for change in first if draw.random() < 0.75 else some:
            names = renamed(names, change)
        to.mkdir(exist_ok=True)
        for name, node in names.items():
            if isinstance(node, File):
                (to / name).write_bytes(node.after_cut(share, draw))
            else:
                node.after_cut(share, draw, to / name)


class Disk:
    """One folder and all below it; what is there at first is safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = safe_copy(folder)

    def follow(self, change: Change) -> None:
        """Take one change."""
        path = Path(change.path)
        if change.kind in (b"w", b"t"):
            node = self.at(path)
            if isinstance(node, File):  # else it has no name any more
                node.since.append(change)
        elif change.kind == b"s":
            node = self.at(path)
            if node is not None:
                node.sync()
        else:
            parent = self.at(path.parent)
            assert isinstance(parent, Folder), change
            if change.kind == b"r":
                moved = {path.name: None, Path(change.target).name: parent.names.get(path.name)}
                parent.change(moved)
            else:
                made = {b"c": File, b"m": Folder}.get(change.kind)
                parent.change({path.name: made() if made else None})

    def at(self, path: Path) -> File | Folder | None:
        """What has that name now."""
        node: File | Folder | None = self.root
        for name in path.relative_to(self.folder).parts:
            node = node.names.get(name) if isinstance(node, Folder) else None
        return node

    def cut(self, to: Path, draw: random.Random) -> None:
        """Write into the folder `to` what is left after a cut now."""
        self.root.after_cut(draw.choice((0.0, 0.3, 0.7, 1.0)), draw, to)


def safe_copy(folder: Path) -> Folder:
    """What a folder holds, all of it safe."""
    made = Folder()
    for path in folder.iterdir():
        if path.is_dir():
            made.names[path.name] = safe_copy(path)
        else:
            made.names[path.name] = file = File()
            file.safe = path.read_bytes()
    made.sync()
    return made


def changed(content: bytes, change: Change) -> bytes:
    """The content after a write or a truncation."""
    if change.kind == b"t":
        return content[: change.offset].ljust(change.offset, b"\0")
    end = change.offset + len(change.data)
    return content[: change.offset].ljust(change.offset, b"\0") + change.data + content[end:]


def renamed(
    names: dict[str, File | Folder], change: dict[str, File | Folder | None]
) -> dict[str, File | Folder]:
    """The names after a creation, a renaming or a removal."""
    return {name: node for name, node in (names | change).items() if node is not None}


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
