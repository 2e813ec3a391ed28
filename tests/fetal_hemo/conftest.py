"""A Dask cluster of real processes on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE_S = 60.0


class Cluster:
    """A scheduler and its first worker; tests add the workers that they kill."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.log = (folder / "log.txt").open("wb")
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        deadline = time.monotonic() + PATIENCE_S
        while not self.file.exists() or not self.file.read_text():
            assert time.monotonic() < deadline, "no scheduler"
            time.sleep(0.05)
        self.address: str = json.loads(self.file.read_text())["address"]
        self.add_worker()

    def add_worker(self) -> subprocess.Popen[bytes]:
        """One more worker with one thread."""
        how = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "30")
        return self._start("worker", *how)

    def close(self) -> None:
        """End all processes of the cluster."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self.log.close()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(self.file)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        made = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)
        self.processes.append(made)
        return made


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with one worker that is never killed."""
    pytest.importorskip("distributed")
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture
def doomed_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster for one test, which kills it."""
    pytest.importorskip("distributed")
    made = Cluster(tmp_path)
    yield made
    made.close()


@pytest.fixture
def victim(cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """A second worker, at work already, to be killed."""
    from distributed import Client

    process = cluster.add_worker()
    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE_S)
    yield process
    process.send_signal(signal.SIGKILL)
    process.wait()
