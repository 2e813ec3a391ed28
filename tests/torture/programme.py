"""One form for every programme that breaks things on purpose: name, seed, tries, one JSON line.

    with Programme("audio fuzz", seed=11, tries=tries) as programme:
        for draw in programme:                  # a `random.Random` of its own for every try
            programme.count(outcome(draw))      # what happened, in a word

The line goes to standard output, and to the file that TORTURE_LOG names. A failure names its seed
and its try; TORTURE_ONLY=523 repeats that try alone. TORTURE_SHARE=0.1 runs a tenth of every long
form.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pytest

SHARE = float(os.environ.get("TORTURE_SHARE", "1"))
LOG, ONLY = os.environ.get("TORTURE_LOG"), os.environ.get("TORTURE_ONLY")


def tries(short: int, long: int) -> pytest.MarkDecorator:
    """Runs a test with `tries` at its short and, marked slow, at its long form."""
    scaled = max(short, round(long * SHARE))
    values = [pytest.param(short, id="short"), pytest.param(scaled, id="long", marks=SLOW)]
    return pytest.mark.parametrize("tries", values)


SLOW = pytest.mark.slow


def seeds(long: int) -> range:
    """Seeds of a long form whose every test makes a thousand tries or so."""
    return range(max(1, round(long * SHARE)))


def generator(name: str, seed: int, number: int) -> random.Random:
    """The chance of one try, the same in any order and any process."""
    return random.Random(f"{name}/{seed}/{number}")


def record(line: dict[str, Any]) -> None:
    """Print what a programme tried and what happened, and add it to the log that is asked for."""
    text = json.dumps(line)
    print(text)
    if LOG:
        with open(LOG, "a", encoding="utf-8") as file:
            file.write(text + "\n")


class Programme:
    """Counts what happened, and tells it at the end."""

    def __init__(self, name: str, seed: int, tries: int) -> None:
        self.name, self.seed, self.tries = name, seed, tries
        self.number = 0
        self.happened: Counter[str] = Counter()
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Programme:
        self._started = time.perf_counter()
        return self

    def __iter__(self) -> Iterator[random.Random]:
        chosen = range(self.tries) if ONLY is None else range(int(ONLY), int(ONLY) + 1)
        for self.number in chosen:
            yield generator(self.name, self.seed, self.number)

    def count(self, what: str, times: int = 1) -> None:
        """Add to what happened."""
        self.happened[what] += times

    def largest(self, fact: str, value: float) -> None:
        """Keep the largest value of a measure."""
        self.facts[fact] = max(round(value, 6), self.facts.get(fact, -math.inf))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = round(time.perf_counter() - self._started, 1)
        line: dict[str, Any] = {"programme": self.name, "seed": self.seed, "tries": self.tries}
        line |= {"happened": dict(sorted(self.happened.items())), **self.facts}
        line |= {"seconds": seconds, "held": error is None}
        if error is not None:
            line["failed_at"] = self.number
            error.add_note(f"{self.name}: seed {self.seed}, try {self.number} (TORTURE_ONLY)")
        record(line)
