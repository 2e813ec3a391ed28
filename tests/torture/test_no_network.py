"""No verb opens a socket: each runs without any interface, and socket calls are written down."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.simulate import simulate_cohort
from tests.crash.conftest import RECIPE
from tests.torture.programme import Programme

NEEDED = ("unshare", "strace")
INTERNET = ("AF_INET", "AF_INET6", "AF_PACKET", "AF_NETLINK")


def apart(log: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A verb of the command line in a network of its own, which has no interface that is up."""
    traced = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket,connect", "-o", str(log)]
    full = ["unshare", "-rn", *traced, sys.executable, "-m", *command]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(full, capture_output=True, text=True, env=environment, timeout=600)


@pytest.fixture(scope="module", autouse=True)
def possible(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where a network of one's own or tracing is not allowed, and proves that it is seen."""
    if not all(map(shutil.which, NEEDED)):
        pytest.skip("no unshare or no strace")
    log = tmp_path_factory.mktemp("proof") / "log"
    open_one = tmp_path_factory.mktemp("module") / "opens_a_socket.py"
    open_one.write_text("import socket\nsocket.socket()\n")
    command = ["unshare", "-rn", "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket"]
    full = [*command, "-o", str(log), sys.executable, str(open_one)]
    done = subprocess.run(full, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a network of one's own or tracing is not allowed: {done.stderr.strip()}")
    assert "AF_INET" in log.read_text()


def require_silence(calls: dict[tuple[str, ...], set[int]], folder: Path) -> None:
    """Run all verbs; each ends with a status of its set, and none opens a socket."""
    with Programme("no network", seed=0, tries=len(calls)) as programme:
        for number, (command, statuses) in enumerate(calls.items()):
            programme.number = number
            done = apart(folder / "log", *command)
            assert done.returncode in statuses, (command, done.stderr[-1_000:])
            opened = [
                line
                for line in (folder / "log").read_text().splitlines()
                if any(family in line for family in INTERNET)
            ]
            assert opened == [], command
            programme.count(command[1])


def test_device(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    soundfile.write(sound, np.random.default_rng(1).normal(size=40_000) * 0.1, 4_000)
    own = "firmware_bridge"
    require_silence(
        {
            (own, "screen", str(sound), "--json", "--queue", str(tmp_path / "q.db")): {0, 4},
            (own, "listen", "--source", f"wav:{sound}@max", "--json"): {0, 3, 4},
            ("fetal_hemo.cli", "verify", "firmware_bridge/models/default.fhb"): {0},
        },
        tmp_path,
    )


@pytest.mark.slow
def test_workstation(tmp_path: Path) -> None:
    cohort, recipe, run = tmp_path / "c", tmp_path / "tiny.toml", tmp_path / "run"
    simulate_cohort(cohort, women=16, seed=3, minutes=0.75, prevalence=0.4, jobs=1)
    recipe.write_text(RECIPE, encoding="utf-8")
    ours = "fetal_hemo.cli"
    ingested = ("--out", str(tmp_path / "ingested"), "--jobs", "2")
    require_silence(
        {
            (ours, "doctor"): {0},
            (ours, "check", str(cohort)): {0, 3},
            (ours, "ingest", str(cohort / "audio"), *ingested): {0, 7},
            (ours, "pretrain", str(cohort), "--recipe", str(recipe), "--out", str(run)): {0},
            (ours, "report", str(run)): {0, 3},
        },
        tmp_path,
    )
