"""An ingest that is killed, interrupted or loses a worker ends with the usual bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Sixteen recordings, and the cohort that one process makes of them."""
    source, out = tmp_path_factory.mktemp("many"), tmp_path_factory.mktemp("out") / "cohort"
    for number in range(16):
        samples = np.random.default_rng(number).normal(size=16_000 * 60) * 0.1
        soundfile.write(source / f"{number:02d}.wav", samples, 16_000)
    (source / "05.wav").write_text("no sound")
    ingest([source], out, jobs=1)
    return source, contents(out)


def start(source: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "ingest", str(source), "--out", str(out)]
    return subprocess.Popen(
        [*command, *more], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )


def wait_for_copies(process: subprocess.Popen[bytes], out: Path, count: int) -> None:
    """Until so many sidecars are there, or the process has ended."""
    while process.poll() is None and len(list((out / "audio").glob("R*.json"))) < count:
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("jobs", "counts"),
    [
        ("1", (1, 6, 11)),
        ("2", (5,)),
        pytest.param("2", (0, 1, 4, 8, 10, 12, 14), marks=pytest.mark.slow),
    ],
)
def test_killed_again_and_again(
    jobs: str, counts: tuple[int, ...], many: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = many
    out = tmp_path / "c"
    for count in counts:
        process = start(source, out, "--jobs", jobs)
        wait_for_copies(process, out, count)
        process.kill()
        process.communicate()
        assert not (out / "manifest.csv").exists()
    process = start(source, out, "--jobs", jobs)
    process.communicate(timeout=120)
    assert process.returncode == 7
    assert contents(out) == expected


@pytest.mark.parametrize("count", [0, 4])
def test_interrupted(count: int, many: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    source, expected = many
    out = tmp_path / "c"
    process = start(source, out, "--jobs", "2")
    while not (out / "ingest.json").exists():
        time.sleep(0.005)
    wait_for_copies(process, out, count)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith(b"E-INTERRUPTED")
    ingest([source], out, jobs=1)
    assert contents(out) == expected


def test_a_worker_of_a_cluster_is_killed_midway(
    many: tuple[Path, dict[str, bytes]],
    cluster: Any,
    victim: subprocess.Popen[bytes],
    tmp_path: Path,
) -> None:
    source, expected = many
    out = tmp_path / "c"
    process = start(source, out, "--dask", cluster.address)
    wait_for_copies(process, out, 4)
    assert process.poll() is None
    victim.kill()
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err.count(b"E-NOT-AUDIO")) == (7, 1)
    assert b"distributed" not in err
    assert contents(out) == expected
