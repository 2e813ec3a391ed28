"""How far a long step is and how long it will take, on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

Progress = Callable[[int, int], None]  # called with (done, total)
Say = Callable[[str], None]  # called with what is done next

REFRESH_S = 0.5  # on a terminal, where the line is overwritten
LINE_S = 10.0  # in a log, where every line stays


def silent(done: int, total: int) -> None:
    """Say nothing: the default when a verb is called as a function."""


def unsaid(text: str) -> None:
    """Say nothing, in words."""


def first_process() -> bool:
    """Whether this is the one of several processes under `torchrun` that speaks."""
    return os.environ.get("RANK", "0") == "0"


class ProgressLine:
    """A `Progress` that keeps one line current on a terminal, and prints seldom into a log."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.start = self.said = time.monotonic()
        self.first: int | None = None  # what an earlier run did is not this run's speed
        self.last = 0
        self.terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        if not first_process():
            return
        now = time.monotonic()
        if self.first is None or done < self.last:
            self.start, self.first = now, done
        self.last = done
        due = now - self.said >= (REFRESH_S if self.terminal else LINE_S)
        if not due and done < total:
            return
        self.said = now
        text = f"{self.label}: {done} of {total}, {self._left(done, total, now)}"
        end = "\n" if done >= total or not self.terminal else ""
        start = "\r\x1b[2K" if self.terminal else ""
        print(f"{start}{text}", end=end, file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Print a line that stays, in place of the current one."""
        start = "\r\x1b[2K" if self.terminal else ""
        print(f"{start}{text}", file=sys.stderr, flush=True)

    def _left(self, done: int, total: int, now: float) -> str:
        passed = now - self.start
        if done >= total:
            return f"{passed:.0f} s"
        if self.first is None or done <= self.first:
            return "starting"
        left = passed * (total - done) / (done - self.first)
        return f"{left / 60:.0f} min left" if left >= 120 else f"{left:.0f} s left"
