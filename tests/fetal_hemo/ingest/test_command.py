"""`fetal-hemo ingest` as a process: what it says, where, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

WITHOUT = "import sys; sys.modules['edfio'] = None; from fetal_hemo.cli import main; "


def run(*arguments: str | Path, code: str | None = None) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "fetal_hemo.cli"]
    command = [sys.executable, *start, "ingest", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "Maria"
    folder.mkdir()
    soundfile.write(folder / "a.wav", np.random.default_rng(0).normal(size=20_000) * 0.1, 4_000)
    return folder


def test_one_document_and_a_warning_that_women_are_unknown(source: Path, tmp_path: Path) -> None:
    done = run(source, "--out", tmp_path / "c", "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert (document["recordings"], document["numbered"]) == (1, True)
    assert "Maria" not in done.stdout
    warning = done.stderr.splitlines()[-1]
    assert warning.startswith("warning: every file counts as a woman of her own")
    assert "participant_id" in warning


def test_a_bad_file_among_good_ones(source: Path, tmp_path: Path) -> None:
    (source / "b.wav").write_text("no sound")
    done = run(source, "--out", tmp_path / "c")
    assert done.returncode == 7
    assert done.stdout.startswith("ingested: 1 recordings (1 new), 0.00 h, 1 passed over: ")
    lines = [line for line in done.stderr.splitlines() if line.startswith("E-")]
    assert len(lines) == 1
    assert lines[0].startswith("E-NOT-AUDIO: ")
    assert str(source / "b.wav") in lines[0]


def test_only_bad_files(source: Path, tmp_path: Path) -> None:
    (source / "a.wav").write_text("no sound")
    assert run(source, "--out", tmp_path / "c").returncode == 3


def test_a_rate_that_the_file_does_not_say(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(0).normal(size=20_000))
    done = run(tmp_path / "a.npy", "--out", tmp_path / "c")
    assert done.returncode == 3
    assert "E-NO-RATE: " in done.stderr
    assert "say it with --rate HZ" in done.stderr
    assert run(tmp_path / "a.npy", "--out", tmp_path / "d", "--rate", "4000").returncode == 0


@pytest.mark.parametrize(
    "wrong", [("--rate", "fast"), ("--rate", "10"), ("--rate", "nan"), ("--jobs", "0"),
              ("--jobs", "-1"), ("--jobs", "two")],
)  # fmt: skip
def test_wrong_usage(source: Path, tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = run(source, "--out", tmp_path / "c", *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("E-USAGE: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "c").exists()


def test_a_format_whose_package_is_missing_names_the_extra(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(b"0       " + b" " * 1_000)
    done = run(path, "--out", tmp_path / "c", code=WITHOUT + "sys.exit(main(sys.argv[1:]))")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("; pip install 'fetal-hemo[formats]'\n")


def test_a_folder_that_cannot_be_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run(source, "--out", tmp_path / "file" / "c")
    assert done.returncode == 6
    assert done.stderr.startswith("E-STORAGE: ")
