"""Many recordings in one process: memory and descriptors stay, the last bits are the first."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

import numpy as np
import soundfile

from firmware_bridge.screen import Screener
from tests.torture.programme import Programme, tries

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
