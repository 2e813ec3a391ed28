"""Runs that are killed, interrupted, doubled or out of space: cohort and key, or neither."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fetal_hemo.deid import deidentify
from fetal_hemo.deid.key_file import belongs
from fetal_hemo.errors import FetalHemoError

from .conftest import heart_sound, read_rows

RECORDINGS = 8


@pytest.fixture
def source(cohort: Callable[..., Path]) -> Path:
    sounds = {f"wav/{n}.wav": heart_sound(20, n) for n in range(1, RECORDINGS + 1)}
    return cohort([{} for _ in range(RECORDINGS)], sounds)


def start(source: Path, **options: object) -> subprocess.Popen[str]:
    here = source.parent
    places = ["--out", str(here / "new"), "--key", str(here / "key.csv")]
    command = [sys.executable, "-m", "fetal_hemo.cli", "deid", str(source), *places]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, **options)  # type: ignore[call-overload]


def wait_for(part: Path, files: int, process: subprocess.Popen[str]) -> None:
    """Until so many recordings are being written."""
    while process.poll() is None and len(list(part.glob("audio/*"))) < files:
        time.sleep(0.002)


def assert_whole(here: Path) -> None:
    assert sorted(path.name for path in here.iterdir()) == ["key.csv", "new", "source"]
    assert len(read_rows(here / "new" / "manifest.csv")) == RECORDINGS
    assert len(list((here / "new" / "audio").iterdir())) == RECORDINGS
    assert belongs(here / "key.csv", here / "new" / "manifest.csv")


@pytest.mark.parametrize("files", [1, RECORDINGS - 3])
def test_a_killed_run_leaves_no_cohort_and_the_next_one_finishes(source: Path, files: int) -> None:
    here = source.parent
    process = start(source)
    wait_for(here / ".new.part", files, process)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (here / "new").exists()
    assert (here / ".new.part").exists()
    deidentify(source, here / "new", here / "key.csv")
    assert_whole(here)


def test_a_run_killed_between_key_and_cohort_is_cleared_away(source: Path) -> None:
    here = source.parent
    deidentify(source, here / "new", here / "key.csv")
    (here / "new").rename(here / ".new.part")
    (here / ".unfinished-key.csv.abcd1234").write_text("half a key")
    first = (here / "key.csv").read_bytes()
    deidentify(source, here / "new", here / "key.csv")
    assert_whole(here)
    assert (here / "key.csv").read_bytes() != first


def test_the_key_of_another_cohort_survives_a_killed_run(source: Path) -> None:
    here = source.parent
    (here / ".new.part" / "audio").mkdir(parents=True)
    (here / "key.csv").write_text("recording_id,sha256\nR0001,ab\n")
    with pytest.raises(FetalHemoError) as caught:
        deidentify(source, here / "new", here / "key.csv")
    assert caught.value.where == "--key"
    assert "R0001,ab" in (here / "key.csv").read_text()


def test_ctrl_c_leaves_nothing(source: Path) -> None:
    here = source.parent
    process = start(source)
    wait_for(here / ".new.part", 3, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert "E-INTERRUPTED" in err
    assert [path.name for path in here.iterdir()] == ["source"]


def test_two_runs_at_once(source: Path) -> None:
    here = source.parent
    process = start(source)
    wait_for(here / ".new.part", 1, process)
    with pytest.raises(FetalHemoError) as caught:
        deidentify(source, here / "new", here / "other.csv")
    assert caught.value.code == "E-USAGE"
    assert "another run" in caught.value.what
    process.communicate()
    assert process.returncode == 0
    assert_whole(here)


def test_no_space(source: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    here = source.parent
    process = start(source, preexec_fn=small_files)
    out, err = process.communicate()
    assert (process.returncode, out) == (6, "")
    assert "E-STORAGE" in err
    assert str(here) not in err
    assert [path.name for path in here.iterdir()] == ["source"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_may_not_be_written(source: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(FetalHemoError) as caught:
        deidentify(source, locked / "new", tmp_path / "key.csv")
    assert (caught.value.code, caught.value.where) == ("E-STORAGE", "--out")
