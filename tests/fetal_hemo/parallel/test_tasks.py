"""Tasks in processes: complete, with their errors, and with processes that are killed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks, processors

Start = Callable[[str], subprocess.Popen[str]]

# A module of its own, since a process of the pool must be able to import what it runs.
TASKS = """
import os, signal, time
from collections.abc import Callable
from pathlib import Path

def kill_once(item):
    mark = Path("killed")
    if item == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item

def kill_always(item):
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item

def tell_and_sleep(item):
    Path(f"pid{os.getpid()}").touch()
    time.sleep(60)
"""
RUN = """
import sys
import tasks
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks

if __name__ == "__main__":
    try:
        print(sorted(map_tasks(getattr(tasks, sys.argv[1]), range(8), jobs=2)))
    except FetalHemoError as error:
        print(error.line())
"""


@pytest.fixture
def start(tmp_path: Path) -> Start:
    (tmp_path / "tasks.py").write_text(TASKS)
    (tmp_path / "run.py").write_text(RUN)

    def start(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "run.py", name]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)

    return start


@pytest.mark.parametrize("jobs", [1, 2, None])
def test_every_item_has_its_result(jobs: int | None) -> None:
    numbers = [4.0, 9.0, 16.0]
    assert dict(map_tasks(math.sqrt, numbers, jobs)) == {0: 2.0, 1: 3.0, 2: 4.0}
    assert dict(map_tasks(math.sqrt, [], jobs)) == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_the_function_is_raised(jobs: int) -> None:
    with pytest.raises(ValueError, match=r"math domain|nonnegative"):
        dict(map_tasks(math.sqrt, [1.0, -1.0, 4.0], jobs))


def test_an_error_with_a_code_comes_whole_from_another_process(tmp_path: Path) -> None:
    from firmware_bridge.audio import read_audio

    with pytest.raises(FetalHemoError) as caught:
        dict(map_tasks(read_audio, [tmp_path, tmp_path / "none"], 2))
    assert caught.value.code in ("E-IS-DIRECTORY", "E-NOT-FOUND")
    assert str(tmp_path) in caught.value.where


def test_no_processes_are_refused() -> None:
    with pytest.raises(FetalHemoError) as caught:
        dict(map_tasks(math.sqrt, [4.0], 0))
    assert caught.value.code == "E-USAGE"


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)


def test_what_a_killed_process_left_is_done_again(start: Start) -> None:
    out, _ = start("kill_once").communicate(timeout=60)
    assert out == f"{[(n, n * n) for n in range(8)]}\n"


def test_processes_that_die_again_end_the_run_with_one_line(start: Start) -> None:
    out, _ = start("kill_always").communicate(timeout=60)
    assert out.startswith("E-WORKER: a process was killed twice, ")
    assert out.count("\n") == 1


def test_processes_leave_when_their_parent_is_killed(start: Start, tmp_path: Path) -> None:
    parent = start("tell_and_sleep")
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("pid*"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    pids = [int(path.name[3:]) for path in tmp_path.glob("pid*")]
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "a process outlives its parent"
        time.sleep(0.05)


def test_a_run_that_is_stopped_early_leaves_no_process() -> None:
    results = map_tasks(time.sleep, [0.0, *[60.0] * 5], 2)
    assert next(results) == (0, None)
    results.close()
    deadline = time.monotonic() + 30
    while active_children():
        assert time.monotonic() < deadline
        time.sleep(0.05)
