"""A day of listening in one process: memory and descriptors stay, clock and bits are right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.torture.programme import Programme, tries

BUNDLE = "firmware_bridge/models/default.fhb"
PROJECT = Path(__file__).parents[2]
SOUNDS, SEED = 3, 91
SHORT, SHORT_S = 24, 5.0
LONG, LONG_S = 1_440, 60.0  # 24 hours; most listenings last about a minute
MOST_GROWTH = 0.01


def sessions(count: int, seconds: float) -> Iterator[dict[str, Any]]:
    """What a process says of each session, as soon as it has ended."""
    module = ["-m", "tests.torture.listening_day", BUNDLE]
    command = [sys.executable, *module, *map(str, (count, seconds, SEED))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc")
@tries(SHORT, LONG)
def test_day(tries: int) -> None:
    seconds = SHORT_S if tries == SHORT else LONG_S
    first: dict[int, str] = {}
    seen: list[dict[str, Any]] = []
    with Programme("listening", seed=SEED, tries=tries) as programme:
        for programme.number, found in enumerate(sessions(tries, seconds)):
            assert (found["heard_s"], found["wrong_times"]) == (seconds, 0)
            assert found["windows"] >= seconds // 3.75 - 1  # 8 kHz ends within a filter's delay
            assert first.setdefault(found["sound"], found["bits"]) == found["bits"]
            programme.count(found["outcome"])
            seen.append(found)
        assert len(seen) == tries
        assert tries == SHORT or programme.happened["screened"] > 0
        assert len(set(first.values())) == SOUNDS
        warm, after = seen[: tries // 3], seen[tries // 3 :]
        growth = max(one["pages"] for one in after) / max(one["pages"] for one in warm) - 1
        programme.facts["heard_h"] = round(tries * seconds / 3_600, 2)
        lasted_s = sum(one["lasted_s"] for one in seen)
        programme.facts["times_real_time"] = round(tries * seconds / lasted_s, 1)
        programme.largest("memory_growth", growth)
        assert growth < MOST_GROWTH
        assert len({one["descriptors"] for one in seen}) == 1
