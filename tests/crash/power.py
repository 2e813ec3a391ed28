"""Power cuts of any programme: changes of storage, recorded once and replayed up to a cut."""

from __future__ import annotations

import copy
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from disk import ACKNOWLEDGED, Change, Disk, acknowledgement, read_changes
from shim import arm, in_child

Tell = Callable[[str], object]


class Power:
    """A programme's work in `place`, as it was recorded there.

    `work` gets a function to tell that something is done from now on. Afterwards `left` is what a
    cut leaves.
    """

    def __init__(self, folder: Path, work: Callable[[Tell], object]) -> None:
        self.place, self.left = folder / "place", folder / "left"
        self.place.mkdir(exist_ok=True)
        self.disk = Disk(self.place)
        log_file = folder / "log"
        log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def recorded(_: int) -> None:
            arm(self.place, 0, 0, log)
            work(lambda text: os.write(log, acknowledgement(text.encode())))

        status, _ = in_child(recorded)
        os.close(log)
        assert status == 0, status
        self.changes: list[Change] = list(read_changes(log_file.read_bytes()))

    def cuts(self, number: int, draw: random.Random) -> Iterator[tuple[int, list[str]]]:
        """Cuts at random moments, in their order, and what was told since the one before."""
        disk, done = copy.deepcopy(self.disk), 0
        for cut in sorted(draw.choices(range(1, len(self.changes) + 1), k=number)):
            told = []
            for change in self.changes[done:cut]:
                if change.kind == ACKNOWLEDGED:
                    told.append(change.data.decode())
                else:
                    disk.follow(change)
            done = cut
            shutil.rmtree(self.left, ignore_errors=True)
            disk.cut(self.left, draw)
            yield cut, told
