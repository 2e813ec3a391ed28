"""Many files in several processes or on a cluster: the very documents of one after another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.batch_screen import FILES_FOR_A_PROCESS, screen_in_parallel
from firmware_bridge.screen import Screener

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Good and bad recordings, one of two channels, one without a name."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    for number in range(6):
        soundfile.write(folder / f"{number}.flac", rng.normal(size=40_000) * 0.1, 4_000)
    soundfile.write(folder / "two.wav", rng.normal(size=(40_000, 2)) * 0.1, 4_000)
    (folder / "bad.wav").write_text("no sound")
    names = ["0.flac", "bad.wav", "1.flac", "two.wav", "none.wav", "2.flac", "3.flac", "0.flac"]
    return [*(str(folder / name) for name in names), "", str(folder)]


def screen(files: list[str], *more: str) -> tuple[int, list[dict[str, Any]], list[str]]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "screen", *files, "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    for document in documents:
        assert document.pop("timing_s") >= 0
    return done.returncode, documents, done.stderr.splitlines()


@pytest.fixture(scope="module")
def serial(files: list[str]) -> tuple[int, list[dict[str, Any]], list[str]]:
    return screen(files, "--jobs", "1")


def test_one_after_another(serial: Any) -> None:
    status, documents, errors = serial
    assert status == 7
    assert [d["index"] for d in documents] == list(range(10))
    assert [e.split(":")[0] for e in errors] == [
        *("E-NOT-AUDIO", "E-NOT-FOUND", "E-NOT-FOUND", "E-IS-DIRECTORY"),
    ]


def test_two_processes_say_the_same(serial: Any, files: list[str]) -> None:
    assert screen(files, "--jobs", "2") == serial


def test_a_cluster_says_the_same_though_a_worker_is_killed(
    serial: Any, files: list[str], cluster: Any, victim: subprocess.Popen[bytes]
) -> None:
    screener = Screener.load()
    results = screen_in_parallel(dask=cluster.address)(screener, files)
    found = []
    for result in results:
        document = result.to_json()
        document.pop("timing_s")
        found.append(document)
        victim.kill()
    assert found == serial[1]


def test_few_files_start_no_processes(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool would import this module; a process that cannot start one still screens."""
    monkeypatch.setitem(sys.modules, "fetal_hemo.parallel.processes", None)
    few = files[: FILES_FOR_A_PROCESS // 2]
    assert len(list(screen_in_parallel()(Screener.load(), few))) == len(few)
    with pytest.raises(ModuleNotFoundError):
        list(screen_in_parallel(jobs=2)(Screener.load(), few))


def test_a_single_file_imports_nothing_of_a_pool(files: list[str]) -> None:
    code = (
        "import sys; from fetal_hemo.cli import main; status = main(sys.argv[1:]); "
        "own = ('concurrent.futures', 'multiprocessing', 'distributed', 'fetal_hemo.parallel'); "
        "sys.exit(str(sorted(set(own) & set(sys.modules))))"
    )
    command = [sys.executable, "-c", code, "screen", files[0], "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
    assert done.stderr == "[]\n"


def test_a_bundle_that_is_refused_is_one_line(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "model.fhb").write_bytes(b"no model")
    status, documents, errors = screen(
        files, "--jobs", "2", "--bundle", str(tmp_path / "model.fhb")
    )
    assert (status, documents, len(errors)) == (5, [], 1)
