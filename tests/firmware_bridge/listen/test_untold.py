"""Whoever was told of a listening is gone: what was heard is finished and waits in the queue."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.firmware_bridge.listen.test_command import ENVIRONMENT, command, run
from tests.firmware_bridge.test_streams import shell

SECONDS, LONG = 12, 120  # the long one is not over before somebody goes, on a busy machine too
ABSTAINED, STORAGE = 4, 6  # exit statuses; random weights find nothing certain in noise


def noise(path: Path, seconds: int) -> Path:
    soundfile.write(path, np.random.default_rng(4).normal(size=seconds * 4_000) * 0.1, 4_000)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return noise(tmp_path / "noise.flac", SECONDS)


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def listening(signed: Any, path: Path, queue: Path) -> list[str]:
    """The call that listens to the file at four times its pace, for the queue."""
    model = "--bundle", signed.path, "--trust", signed.public_key
    return command("listen", "--source", f"wav:{path}@4x", "--queue", queue, *model)


def waiting(queue: Path) -> list[float]:
    """How many seconds each result holds that waits."""
    listed = run("queue", "list", queue, "--json").stdout.splitlines()
    return [json.loads(line)["result"]["recording"]["duration_s"] for line in listed]


def test_a_reader_that_goes_away_ends_it_soon(
    listening: list[str], queue: Path, path: Path
) -> None:
    noise(path, LONG)
    pipe = subprocess.PIPE
    process = subprocess.Popen([*listening, "--json"], stdout=pipe, stderr=pipe, env=ENVIRONMENT)
    assert process.stdout is not None
    while b'"window"' not in process.stdout.readline():
        pass
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    assert errors == b"E-STORAGE: standard output cannot be written (Broken pipe)\n"
    assert process.wait(30) == STORAGE
    (heard_s,) = waiting(queue)
    assert 3.75 <= heard_s < LONG - 1


def test_events_that_a_full_disk_refuses_do_not_end_it(listening: list[str], queue: Path) -> None:
    done = shell([*listening, "--json"], ">/dev/full")
    line = "E-STORAGE: standard output cannot be written (No space left on device)\n"
    assert (done.returncode, done.stderr) == (STORAGE, line)
    assert waiting(queue) == [SECONDS]


def test_events_alone_that_a_full_disk_refuses_end_it_soon(signed: Any, path: Path) -> None:
    model = ["--bundle", str(signed.path), "--trust", str(signed.public_key)]
    slow = command("listen", "--source", f"wav:{path}@0.1x", "--json", *model)
    done = shell(slow, ">/dev/full")  # the whole would last two minutes
    assert done.returncode == STORAGE
    assert done.stderr.startswith("E-STORAGE: standard output cannot be written")


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "0<&- 2>&-"])
def test_lines_that_nobody_gets(listening: list[str], queue: Path, redirection: str) -> None:
    done = shell(listening, redirection)
    assert (done.returncode, done.stderr) == (ABSTAINED, "")
    assert "windows: " in done.stdout
    assert waiting(queue) == [SECONDS]


def on_a_terminal(arguments: list[str], its_own: bool) -> tuple[subprocess.Popen[bytes], int]:
    """The command drawing on a terminal, which may be the one that it was started from."""
    master, slave = os.openpty()
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env={**ENVIRONMENT, "TERM": "xterm"},
        preexec_fn=(lambda: attach(slave)) if its_own else None,
    )
    os.close(slave)
    return process, master


def attach(terminal: int) -> None:
    """Make it the one whose end is a signal, as that of a remote login is."""
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
    os.close(os.open(os.ttyname(terminal), os.O_RDWR))


@pytest.mark.parametrize("its_own", [False, True])
def test_a_terminal_that_goes_away(
    listening: list[str], queue: Path, path: Path, its_own: bool
) -> None:
    if its_own:
        noise(path, LONG)
    process, master = on_a_terminal(listening, its_own)
    seen = b""
    while b"0:07 " not in seen:
        seen += os.read(master, 4_096)
    os.close(master)
    for _ in range(3 * its_own):  # the kernel says it, and so does every shell on the way
        process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    started = time.monotonic()
    assert process.wait(30) == ABSTAINED
    assert time.monotonic() - started < 10
    (heard_s,) = waiting(queue)
    assert heard_s == SECONDS if not its_own else 7 <= heard_s < LONG - 1


def test_without_a_terminal_from_the_start_its_end_does_not_matter(
    listening: list[str], queue: Path
) -> None:
    process = subprocess.Popen(["nohup", *listening], stdout=subprocess.PIPE, env=ENVIRONMENT)
    time.sleep(3)  # of five or so
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == ABSTAINED
    assert waiting(queue) == [SECONDS]
