"""`screen --queue` and the `queue` verbs as processes, on disks that are full or read-only."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from firmware_bridge.cli import main
from firmware_bridge.queue.outbox import Outbox

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "firmware_bridge", *map(str, arguments)]


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=60, env=ENVIRONMENT, **more
    )


Here = Callable[..., tuple[int, str]]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    """Exit status and standard output of a command in this process, which starts faster."""

    def run_here(*arguments: object) -> tuple[int, str]:
        status = main(list(map(str, arguments)))
        return status, capsys.readouterr().out

    return run_here


@pytest.fixture
def model(signed: Any) -> list[object]:
    return ["--bundle", signed.path, "--trust", signed.public_key]


@pytest.fixture
def sounds(tmp_path: Path) -> list[Path]:
    """Five recordings of 5 s, in a folder that is named after a patient."""
    folder = tmp_path / "Zoquixo Maranon 1990-02-03"
    folder.mkdir()
    paths = [folder / f"Maranon {number}.wav" for number in range(5)]
    for number, path in enumerate(paths):
        noise = np.random.default_rng(number).normal(size=20_000) * 0.1
        with soundfile.SoundFile(path, "w", 4_000, 1) as file:
            file.title = "Zoquixo's heart"
            file.write(noise)
    return paths


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "q.db"


def ids_in(queue: Path) -> set[str]:
    """Recordings (sha256) in a queue."""
    with Outbox.open(queue) as outbox:
        return {record.result["recording"]["sha256"] for record in outbox.records()}


def shown(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Recordings (sha256) of the results on standard output."""
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    return {document["recording"]["sha256"] for document in documents}


def test_from_recording_to_receiver(
    model: list[object], sounds: list[Path], queue: Path, tmp_path: Path, here: Here
) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    done = run("screen", *sounds, bad, sounds[0], *model, "--queue", queue, "--json")
    assert done.returncode == 7
    records = [json.loads(line) for line in here("queue", "list", queue, "--json")[1].splitlines()]
    assert [record["sequence"] for record in records] == [1, 2, 3, 4, 5]
    assert records[0]["result"] == json.loads(done.stdout.splitlines()[0])
    assert here("queue", "list", queue)[1].endswith("5 waiting\n")

    _, exported = here("queue", "export", queue, "--to", tmp_path / "out", "--json")
    assert json.loads(exported) == {"written": 5}
    status, flushed = here("queue", "flush", queue, "--to", tmp_path / "to", "--json")
    assert (status, json.loads(flushed)) == (0, {"confirmed": 5, "waiting": 0})
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "to").iterdir()
    }
    again = here("queue", "flush", queue, "--to", tmp_path / "to")
    assert again == (0, "0 confirmed, 0 waiting\n")
    assert here("queue", "list", queue)[1].count("handed over") == 5
    found = json.loads(here("queue", "drift", queue, *model, "--json")[1])
    assert (found["recordings"], found["refused"]) == (5, 1)
    assert sum(found["measures"]["quality"]["counts"]) == 5


def test_nothing_of_a_patient_is_in_it(
    model: list[object], sounds: list[Path], queue: Path, tmp_path: Path, here: Here
) -> None:
    assert here("screen", *sounds, *model, "--queue", queue)[0] in (0, 4)
    here("queue", "export", queue, "--to", tmp_path / "out")
    listed = here("queue", "list", queue, "--json")[1] + here("queue", "list", queue)[1]
    with Outbox.open(queue) as outbox:
        inside = "".join(json.dumps([record.result, record.fhir]) for record in outbox.records())
    files = [*tmp_path.glob("q.db*"), *(tmp_path / "out").iterdir()]
    everything = b"".join(path.read_bytes() for path in files) + (listed + inside).encode()
    for word in (b"Maranon", b"Zoquixo", b"1990", str(tmp_path).encode(), b".wav"):
        assert word not in everything


def test_sealed_queue(
    model: list[object], sounds: list[Path], queue: Path, tmp_path: Path, here: Here
) -> None:
    key = tmp_path / "q.key"
    done = here("screen", sounds[0], *model, "--queue", queue, "--queue-key", key)
    assert done[0] in (0, 4)
    without = run("queue", "list", queue)
    assert (without.returncode, without.stdout) == (2, "")
    assert without.stderr.startswith("E-KEY: ")
    assert "--key" in without.stderr
    assert "1 waiting" in here("queue", "list", queue, "--key", key)[1]
    assert here("screen", sounds[1], *model, "--queue", queue, "--json") == (2, "")
    assert here("queue", "drift", queue, *model)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["queue"], 2, "E-USAGE"),
        (["queue", "list", "none.db"], 3, "E-NOT-FOUND"),
        (["queue", "flush", "none.db", "--to", "x"], 3, "E-NOT-FOUND"),
        (["queue", "flush", "none.db"], 2, "E-USAGE"),
        (["queue", "flush", "none.db", "--to", "x", "--attempts", "0"], 2, "E-USAGE"),
        (["screen", "a.wav", "--queue-key", "k"], 2, "E-USAGE"),
        (["screen", "a.wav", "--language", "fr"], 2, "E-USAGE"),
    ],
)
def test_complaints_are_one_line(arguments: list[str], status: int, code: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"{code}: ")
    assert len(done.stderr.splitlines()) == 1


def test_receiver_that_is_not_there(model: list[object], sounds: list[Path], queue: Path) -> None:
    run("screen", *sounds[:2], *model, "--queue", queue)
    url = "http://127.0.0.1:9/fhir"  # the port of the discard service, which nobody runs
    done = run("queue", "flush", queue, "--to", url, "--attempts", "1")
    assert (done.returncode, done.stdout) == (3, "0 confirmed, 2 waiting\n")
    assert done.stderr.startswith("E-NETWORK: result 1: no answer")


def test_file_size_limit_stops_before_anything_is_shown(
    model: list[object], sounds: list[Path], queue: Path
) -> None:
    first = run("screen", sounds[0], *model, "--queue", queue, "--json")
    room = 40_000  # bytes a file may have: fewer than a queue needs

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = run("screen", *sounds[1:], *model, "--queue", queue, "--json", preexec_fn=limit)
    assert done.returncode == 6
    assert done.stderr.startswith("E-STORAGE: ")
    assert shown(first) | shown(done) <= ids_in(queue)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> None:
    with open(disk / "filler", "wb", 0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4_096))


def test_full_disk(model: list[object], sounds: list[Path], small_disk: Path) -> None:
    queue = small_disk / "q.db"
    first = run("screen", sounds[0], *model, "--queue", queue, "--json")
    assert first.returncode in (0, 4)
    fill(small_disk)
    done = run("screen", *sounds[1:], *model, "--queue", queue, "--json")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("E-STORAGE: ")
    (small_disk / "filler").unlink()
    assert ids_in(queue) == shown(first)
    later = run("screen", *sounds[1:], *model, "--queue", queue, "--json")
    assert later.returncode in (0, 4)
    assert ids_in(queue) == shown(first) | shown(later)


def test_read_only_disk(model: list[object], sounds: list[Path], small_disk: Path) -> None:
    queue = small_disk / "q.db"
    first = run("screen", sounds[0], *model, "--queue", queue, "--json")
    remount = ["mount", "-o", "remount,{}", str(small_disk)]
    subprocess.run([part.format("ro") for part in remount], check=True)
    done = run("screen", sounds[1], *model, "--queue", queue, "--json")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("E-STORAGE: ")
    subprocess.run([part.format("rw") for part in remount], check=True)
    assert ids_in(queue) == shown(first)


def kill_while_screening(
    model: list[object], sounds: list[Path], queue: Path, seconds: float
) -> set[str]:
    """Recordings that were shown before SIGKILL came, `seconds` after the first."""
    process = subprocess.Popen(
        command("screen", *sounds, *model, "--queue", queue, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.communicate()[0]
    whole = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return {json.loads(line)["recording"]["sha256"] for line in whole}


@pytest.mark.parametrize(
    "kills", [3, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_killed_while_screening(
    model: list[object], sounds: list[Path], queue: Path, kills: int
) -> None:
    draw = np.random.default_rng(kills)
    acknowledged: set[str] = set()
    for _ in range(kills):
        acknowledged |= kill_while_screening(model, sounds, queue, draw.uniform(0.0, 0.1))
        assert acknowledged <= ids_in(queue)
    assert acknowledged
