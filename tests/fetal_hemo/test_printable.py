"""What the workstation's verbs print of names and columns cannot steer a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

HOSTILE = "x\x1b[31m\a\ny"
HEADER = "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fetal_hemo.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    for line in (*done.stdout.split("\n"), *done.stderr.split("\n")):
        assert line.isprintable(), line
    return done


@pytest.mark.parametrize(
    "arguments",
    [
        ("screen", "{}.wav"),
        ("view", "{}.wav", "--out", "{}.html"),
        ("ingest", "{}.wav", "--out", "cohort"),
        ("check", "{}"),
        ("listen", "--source", "wav:{}.wav@max"),
        ("report", "{}"),
        ("deid", "{}", "--scan"),
    ],
)
def test_what_is_not_there(arguments: tuple[str, ...], tmp_path: Path) -> None:
    verb, *others = (part.replace("{}", f"{tmp_path}/{HOSTILE}") for part in arguments)
    done = run(verb, *others)
    assert done.returncode == 3
    assert "E-" in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) <= 1


def test_files_and_columns_that_are_ingested(tmp_path: Path) -> None:
    source = tmp_path / "s"
    source.mkdir()
    soundfile.write(source / "a.wav", np.random.default_rng(0).normal(size=16_000) * 0.1, 4_000)
    (source / f"{HOSTILE}.wav").write_text("no sound")
    done = run("ingest", source, "--out", tmp_path / f"c{HOSTILE}")
    assert done.returncode == 7
    assert "E-NOT-AUDIO: " in done.stderr
    who = tmp_path / "who.csv"
    who.write_text(f'{HEADER},"arm{HOSTILE}"\nA,w,v,a.wav,,,,left\n')
    done = run("ingest", source, "--manifest", who, "--out", tmp_path / "d")
    assert done.returncode == 0
    assert "note: columns kept as they are: armx?[31m??y; see that they name nobody" in done.stderr
