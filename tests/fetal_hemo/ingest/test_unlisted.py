"""Sound that a manifest forgets, or names in other letters: said after the run, never stored."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

HEADER = "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Six recordings, what is none, and a link to the first of them."""
    folder = tmp_path / "s"
    (folder / "Later").mkdir(parents=True)
    for number, name in enumerate(("a", "c", "d", "e", "Later/f", "\x1b[31m")):
        sound = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / f"{name}.wav", sound, 4_000)
    (folder / "notes.txt").write_text("not a recording")
    (folder / ".hidden.wav").write_text("not a recording")
    (folder / "lost disk").symlink_to(tmp_path / "not mounted")
    (folder / "linked.wav").symlink_to("a.wav")
    return folder


def ingest(source: Path, *paths: str) -> subprocess.CompletedProcess[str]:
    """The verb with a row for each path; the cohort lies in the folder that is searched."""
    rows = [f"R{n},w,v{n},{path},,," for n, path in enumerate(paths)]
    who = source / "who.csv"
    who.write_text("\n".join([HEADER, *rows]) + "\n")
    made = ["--manifest", str(who), "--out", str(source / "cohort"), "--jobs", "1", "--json"]
    command = [sys.executable, "-m", "fetal_hemo.cli", "ingest", str(source), *made]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def warnings(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("warning: ")]


def test_files_that_no_row_names(source: Path) -> None:
    first, second = ingest(source, "linked.wav", "c.wav"), ingest(source, "linked.wav", "c.wav")
    for done in (first, second):
        assert done.returncode == 0
        assert json.loads(done.stdout)["unlisted"] == 4
        assert warnings(done) == [
            f"warning: 4 sound files of {source} stand in no row of the manifest and were left "
            "out: ?[31m.wav, Later/f.wav, d.wav and 1 more"
        ]
    card = (source / "cohort" / "ingest.json").read_text()
    assert "Later" not in card + first.stdout


def test_nothing_to_say_when_all_are_named(source: Path) -> None:
    (source / "\x1b[31m.wav").unlink()
    done = ingest(source, "a.wav", "c.wav", "d.wav", "e.wav", "Later/f.wav")
    assert (done.returncode, warnings(done)) == (0, [])
    assert json.loads(done.stdout)["unlisted"] == 0


def test_a_row_that_differs_only_in_case(source: Path) -> None:
    done = ingest(source, "a.wav", "D.wav", "later/F.WAV", "lost.wav", "C.wav", "c.wav")
    assert done.returncode == 7
    errors = [line for line in done.stderr.splitlines() if line.startswith("E-")]
    begin = f"E-NOT-FOUND: there is no such file: {source}"
    assert errors == [
        f"{begin}/D.wav; did you mean d.wav?",
        f"{begin}/later/F.WAV; did you mean Later/f.wav?",
        f"{begin}/lost.wav",
        f"{begin}/C.wav",  # the file that it could mean is another row's
    ]
