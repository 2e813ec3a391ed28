"""Many recordings in one process: memory and descriptors stay, the last bits are the first."""

from __future__ import annotations

import gc
import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.simulate.recording import simulate_recording
from firmware_bridge.listen.session import Limits, Session
from firmware_bridge.listen.sources.sound_file import FileSource
from firmware_bridge.screen import Screener
from tests.torture.programme import SHARE, SLOW, Programme, tries

WARM_UP = 30
MOST_GROWTH = 0.01


def resident() -> int:
    """Pages of this process in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1])


def descriptors() -> int:
    """How many files are open."""
    return len(os.listdir("/proc/self/fd"))


@tries(200, 5_000)
def test_screening(tries: int, screener: Screener, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.{kind}" for number, kind in enumerate(("wav", "flac", "ogg"))]
    for number, path in enumerate(paths):
        samples = np.random.default_rng(number).normal(size=8_000 * (6 + 3 * number)) * 0.1
        soundfile.write(path, samples, 8_000)
    (tmp_path / "bad.wav").write_bytes(paths[0].read_bytes()[:20_000])
    first: dict[Path, str] = {}
    with Programme("soak", seed=81, tries=tries) as programme:
        before = (0, 0)
        for draw in programme:
            path = draw.choice([*paths, tmp_path / "bad.wav"])
            found = {**screener.screen_file(path).to_json(), "timing_s": 0}
            assert first.setdefault(path, json.dumps(found)) == json.dumps(found)
            if programme.number == WARM_UP:
                before = resident(), descriptors()
        growth = resident() / before[0] - 1
        programme.largest("memory_growth", growth)
        programme.count("same bits", tries)
        assert growth < MOST_GROWTH
        assert descriptors() == before[1]


@pytest.mark.parametrize(
    ("sessions", "seconds"),
    [
        pytest.param(6, 30.0, id="short"),
        pytest.param(max(6, round(144 * SHARE)), 600.0, id="long", marks=SLOW),
    ],
)
def test_a_day_of_listening(
    sessions: int, seconds: float, screener: Screener, tmp_path: Path
) -> None:
    """The long form is 24 hours of sound in one process, as fast as it can listen."""
    paths = [tmp_path / f"{number}.flac" for number in range(3)]
    for number, path in enumerate(paths):
        samples = simulate_recording(83, number, 0, minutes=seconds / 60).samples
        soundfile.write(path, samples, 4_000)
    first: dict[Path, str] = {}
    warm = len(paths)  # each was heard once
    with Programme("a day of listening", seed=83, tries=sessions) as programme:
        before, started = (0, 0), time.perf_counter()
        for _ in programme:
            path = paths[programme.number % len(paths)]
            limits = Limits(longest_s=seconds, until_steady=False)
            session = Session(screener, FileSource(path, None), lambda told: None, limits)
            found = {**session.run().to_json(), "timing_s": 0}
            programme.count(session.why)
            assert len(found["windows"]) == seconds // 3.75  # its clock is the sample count
            assert first.setdefault(path, json.dumps(found)) == json.dumps(found)
            if programme.number == warm:
                before = resident(), descriptors()
        growth = resident() / before[0] - 1
        programme.largest("memory_growth", growth)
        heard_s = sessions * seconds
        programme.largest("hours", heard_s / 3_600)
        programme.largest("times_real_time", heard_s / (time.perf_counter() - started))
        assert growth < MOST_GROWTH
        assert descriptors() == before[1]
