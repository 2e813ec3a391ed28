"""Tasks on a Dask cluster of real processes, and the clusters that are not there."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import cluster as module
from fetal_hemo.parallel import map_tasks

pytest.importorskip("distributed")


def refused(address: str) -> FetalHemoError:
    with pytest.raises(FetalHemoError) as caught:
        dict(map_tasks(math.sqrt, [4.0], dask=address))
    assert "\n" not in caught.value.line()
    return caught.value


def test_every_item_has_its_result(cluster: Any) -> None:
    numbers = [float(n * n) for n in range(40)]
    assert dict(map_tasks(math.sqrt, numbers, dask=cluster.address)) == dict(enumerate(range(40)))


def test_an_error_of_the_function_is_raised(cluster: Any) -> None:
    with pytest.raises(ValueError, match=r"math domain|nonnegative"):
        dict(map_tasks(math.sqrt, [1.0, -1.0], dask=cluster.address))


def test_what_a_killed_worker_was_doing_is_done_again(
    cluster: Any, victim: subprocess.Popen[bytes]
) -> None:
    naps = [0.05] * 40
    found = []
    for index, _ in map_tasks(time.sleep, naps, dask=cluster.address):
        found.append(index)
        if len(found) == 5:
            victim.kill()
    assert sorted(found) == list(range(40))


@pytest.mark.parametrize("who", [0, 1], ids=["scheduler", "only worker"])
def test_a_cluster_that_is_lost_ends_the_run_with_one_line(
    who: int, doomed_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_S", 1.0)
    results = map_tasks(time.sleep, [0.05] * 200, dask=doomed_cluster.address)
    next(results)
    doomed_cluster.processes[who].kill()
    with pytest.raises(FetalHemoError) as caught:
        list(results)
    assert caught.value.code == "E-CLUSTER"
    assert caught.value.where == doomed_cluster.address


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.5)
    error = refused("tcp://127.0.0.1:9")
    assert (error.code, error.where) == ("E-CLUSTER", "tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["somewhere", "http://127.0.0.1:9", "tcp://", ""])
def test_an_address_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.5)
    assert refused(address).code == "E-CLUSTER"


def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 2.0)
    file = tmp_path / "s.json"
    arguments = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    command = [sys.executable, "-m", "dask", "scheduler", *arguments, "--scheduler-file", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not file.exists() or not file.read_text():
            assert process.poll() is None
            time.sleep(0.05)
        error = refused(json.loads(file.read_text())["address"])
        assert (error.code, error.what) == ("E-CLUSTER", "the Dask scheduler has no workers")
    finally:
        process.kill()
        process.wait()


def test_a_missing_package_names_the_extra(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None; from fetal_hemo.cli import main; "
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "simulate", "--women", "1", "--minutes", "0.1"]
    command += ["--dask", "tcp://127.0.0.1:9", "--out", str(tmp_path / "c")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("E-NEEDS-EXTRA: `simulate` needs distributed")
    assert done.stderr.endswith("; pip install 'fetal-hemo[cluster]'\n")
