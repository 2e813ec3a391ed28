"""A false system clock: order and durations hold, doubt is noted, results are the same.

The clock is that of the process, shifted or stepped in front of the C library, not a value given to
the queue.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from firmware_bridge.queue.clock import from_utc_text
from tests.torture.programme import Programme, tries

HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365.25 * 86_400
BEFORE, SOUNDS = 2, 9  # results under the right clock, and all
ROUNDING_S = 0.002
NO_STEP = (0.0, 0)


def true_s() -> float:
    """Seconds since the machine's start, by a clock that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Bench:
    """Recordings, a bundle, and a queue that holds the first results, told by the right clock."""

    preloaded: Path
    bundle: Any
    sounds: tuple[Path, ...]
    folder: Path
    wall_s: float  # to be added, so that it is a hundred days after the bundle was made
    boot_s: dict[str, float]  # to be added to the time since the start

    def run(
        self,
        *arguments: object,
        shift: float = 0.0,
        boot: str = "first",
        step: tuple[float, int] = NO_STEP,
    ) -> list[dict[str, Any]]:
        """JSON lines of a verb of the device in a process with those clocks."""
        clock = (self.wall_s + shift, self.boot_s[boot], *step)
        false = {"FALSE_CLOCK": " ".join(map(str, clock)), "FALSE_BOOT": str(self.folder / boot)}
        environment = {**os.environ, **false, "LD_PRELOAD": str(self.preloaded)}
        command = [sys.executable, "-m", "firmware_bridge", *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode in (0, 4), done.stderr
        assert "Traceback" not in done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def screen(self, queue: Path, sounds: Sequence[Path], **clock: Any) -> list[dict[str, Any]]:
        """Results of `sounds`, which go into the queue."""
        model = ("--bundle", self.bundle.path, "--trust", self.bundle.public_key)
        return self.run("screen", *sounds, *model, "--queue", queue, **clock)


@pytest.fixture(scope="module")
def bench(false_clock: Path, signed: Any, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("clocks")
    for number in range(SOUNDS):
        samples = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / f"{number}.wav", samples, 4_000)
    for boot in ("first", "second"):
        (folder / boot).write_text(f"{uuid.uuid4()}\n")
    sounds = tuple(sorted(folder.glob("*.wav")))
    wall_s = from_utc_text(signed.manifest["created"]) + 100 * DAY - time.time()
    boot_s = {"first": 0.0, "second": 20.0 - true_s()}
    made = Bench(false_clock, signed, sounds, folder, wall_s, boot_s)
    made.screen(folder / "before.db", sounds[:BEFORE])
    return made


# Seconds, and what is said of the first result after the jump: in the same boot, and in the next.
JUMPS: dict[str, tuple[float, str | None, str | None]] = {
    "a day back": (-DAY, "went-back", "went-back"),
    "ten years on": (10 * YEAR, "far-future", "far-future"),
    "1970": (0.0, "before-model", "before-model"),
    "summer time set by hand": (HOUR, "stepped", None),
    "winter time set by hand": (-HOUR, "went-back", "went-back"),
    "a minute on": (60.0, "stepped", None),
}
PLACES = ("in another process", "in mid-run", "over a start of the machine")


def told(result: dict[str, Any]) -> dict[str, Any]:
    """A result without how long it took and its place in the call."""
    return {**result, "timing_s": 0, "index": 0}


@tries(6, 54)
def test_false_clocks(tries: int, bench: Bench, tmp_path: Path) -> None:
    expected = [told(one) for one in bench.screen(tmp_path / "right.db", bench.sounds)]
    with Programme("false system clock", seed=62, tries=tries) as programme:
        for draw in programme:
            name = list(JUMPS)[programme.number % len(JUMPS)]
            place = PLACES[(programme.number + programme.number // len(JUMPS)) % len(PLACES)]
            jump, same_boot, next_boot = JUMPS[name]
            if name == "1970":
                jump = draw.uniform(0, 300 * DAY) - time.time() - bench.wall_s
            queue = tmp_path / f"{programme.number}.db"
            shutil.copy(bench.folder / "before.db", queue)
            clock: dict[str, Any] = {"shift": jump}
            if place == PLACES[1]:
                clock = {"step": (jump, draw.randint(4, 7))}
            boot = "second" if place == PLACES[2] else "first"
            started = true_s() + bench.boot_s[boot]
            bench.screen(queue, bench.sounds[BEFORE:], **clock, boot=boot)
            ended = true_s() + bench.boot_s[boot]
            records = bench.run("queue", "list", queue, **clock)
            assert [told(record["result"]) for record in records] == expected  # and their order
            require_order(records, boot == "second")
            new = records[BEFORE:]
            times = [one["monotonic_s"] for one in new]
            assert started - ROUNDING_S <= times[0] <= times[-1] <= ended + ROUNDING_S
            first = first_after_the_jump(records, bench, jump)
            assert first == BEFORE if place != PLACES[1] else BEFORE < first < SOUNDS
            doubts = [one["clock_suspect"] for one in records]
            reason = next_boot if boot == "second" else same_boot
            assert doubts[: first + 1] == [None] * first + [reason]
            stays = reason if reason != "stepped" else None  # the new time is the time from then on
            assert doubts[first + 1 :] == [stays] * (SOUNDS - first - 1)
            require_exported(bench, queue, records, tmp_path / f"{programme.number}", clock)
            programme.count(f"{name}, {place}: {reason}")


def require_order(records: list[dict[str, Any]], two_boots: bool) -> None:
    """One device, boots and sequence numbers only grow, as time does within a boot."""
    assert len({one["device"] for one in records}) == 1
    places = [(one["boot"], one["sequence"]) for one in records]
    assert places == sorted(set(places))
    assert {place[0] for place in places} == ({1, 2} if two_boots else {1})
    for before, after in itertools.pairwise(records):
        if before["boot"] == after["boot"]:
            assert before["monotonic_s"] <= after["monotonic_s"]


def first_after_the_jump(records: list[dict[str, Any]], bench: Bench, jump: float) -> int:
    """The first result whose wall time is wrong by `jump`; all before are right."""
    right = time.time() + bench.wall_s  # a try takes less than half of the smallest jump
    off = [from_utc_text(one["time"]) - right for one in records]
    jumped = [abs(one - jump) < abs(one) for one in off]
    assert jumped == sorted(jumped)
    return jumped.index(True)


def require_exported(
    bench: Bench, queue: Path, records: list[dict[str, Any]], to: Path, clock: dict[str, Any]
) -> None:
    """Each transaction carries the stamp that the list tells."""
    assert bench.run("queue", "export", queue, "--to", to, **clock) == [{"written": len(records)}]
    for record in records:
        transaction = json.loads((to / f"{record['id']}.json").read_bytes())
        stamp = transaction["entry"][-1]["resource"]
        extensions = {one["url"].split(":")[-1]: one for one in stamp["extension"]}
        assert stamp["recorded"] == record["time"]
        assert extensions["boot"]["valueInteger"] == record["boot"]
        assert extensions["sequence"]["valueInteger"] == record["sequence"]
        assert extensions["monotonic-s"]["valueDecimal"] == record["monotonic_s"]
        doubt = extensions.get("clock-suspect", {"valueCode": None})["valueCode"]
        assert doubt == record["clock_suspect"]
