"""Names in letters that the locale has not: their rows are refused, and the others ingested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ASCII_ONLY = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
HEADER = "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    (folder / "ä").mkdir(parents=True)
    for number, name in enumerate(("a.wav", "b ü.wav", "ä/c.wav")):
        sound = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / name, sound, 4_000)
    return folder


def ingest(source: Path, *rows: str) -> subprocess.CompletedProcess[str]:
    """The verb where a file name is ASCII; all files are named, so that nothing else is said."""
    who = source.parent / "who.csv"
    who.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    made = ["--manifest", str(who), "--out", str(source.parent / "c"), "--jobs", "1"]
    command = [sys.executable, "-m", "fetal_hemo.cli", "ingest", str(source), *made]
    return subprocess.run(command, capture_output=True, text=True, env=ASCII_ONLY, timeout=60)


def errors(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("E-")]


def test_a_path_that_cannot_be_named(source: Path) -> None:
    done = ingest(source, "A,w,v,a.wav,,,", "B,w,v,b ü.wav,,,", "C,w,v,ä/c.wav,,,")
    assert (done.returncode, done.stdout.split(", ")[0]) == (7, "ingested: 1 recordings (1 new)")
    lines = errors(done)
    assert len(lines) == 2
    assert all(line.startswith("E-UNREADABLE: the locale has no letters") for line in lines)
    assert all(line.endswith("; set LC_ALL=C.UTF-8") for line in lines)
    assert [path.name for path in (source.parent / "c" / "audio").glob("*.flac")] == ["A.flac"]


def test_an_id_that_cannot_name_a_file(source: Path) -> None:
    (source / "z.wav").write_bytes((source / "b ü.wav").read_bytes())
    done = ingest(source, "A,w,v,a.wav,,,", "Bü,w,v,z.wav,,,")
    assert (done.returncode, done.stdout.split(", ")[0]) == (7, "ingested: 1 recordings (1 new)")
    (line,) = errors(done)
    assert line.startswith("E-UNREADABLE: the locale has no letters for a file called B")
