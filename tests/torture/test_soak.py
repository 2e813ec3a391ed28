"""Many recordings in one process: memory and descriptors stay, the last bits are the first."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.simulate.recording import simulate_recording
from tests.torture.programme import ONLY, Programme, tries

PROJECT = Path(__file__).parents[2]
WARM_UP = 30
MOST_GROWTH = 0.01


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Noise, a file that is cut short, and minutes of simulated hearts, which take longer."""
    folder = tmp_path_factory.mktemp("soak")
    noises, hearts = [], []
    for number, kind in enumerate(("wav", "flac", "ogg")):
        samples = np.random.default_rng(number).normal(size=8_000 * (6 + 3 * number)) * 0.1
        noises.append(folder / f"noise{number}.{kind}")
        soundfile.write(noises[-1], samples, 8_000)
        hearts.append(folder / f"heart{number}.{kind}")
        soundfile.write(hearts[-1], simulate_recording(5, number, minutes=1).samples, 4_000)
    bad = folder / "bad.wav"
    bad.write_bytes(noises[0].read_bytes()[:20_000])
    return [*(noises * 4), *hearts, bad]


@contextmanager
def one_process() -> Iterator[Any]:
    """A function that has a recording screened, always by the same process."""
    command = [sys.executable, "-m", "tests.torture.soak_process"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT) as process:

        def screened(path: Path) -> dict[str, Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            found: dict[str, Any] = json.loads(process.stdout.readline())
            return found

        yield screened
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc")
@tries(200, 10_000)
def test_screening(tries: int, recordings: list[Path]) -> None:
    first: dict[Path, str] = {}
    with Programme("soak", seed=81, tries=tries) as programme, one_process() as screened:
        for number in range(WARM_UP):
            path = recordings[number % len(recordings)]
            before = screened(path)
            first.setdefault(path, before["bits"])
        for draw in programme:
            path = draw.choice(recordings)
            after = screened(path)
            assert after["bits"] == first[path]
            assert after["descriptors"] == before["descriptors"]
            programme.largest("memory_growth", after["pages"] / before["pages"] - 1)
            programme.count(after["outcome"])
        programme.facts["memory_mib"] = round(before["pages"] / 256)
        assert len(set(first.values())) == len(set(recordings))
        assert programme.facts["memory_growth"] < MOST_GROWTH
        assert ONLY is not None or programme.happened["screened"] > tries // 20
