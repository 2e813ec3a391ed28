"""The verb as a process: one JSON document, rows on standard error, statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

Write = Callable[..., Path]


def deid(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "deid", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_json_and_a_row_that_is_left_out(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{}, {}], {"wav/2.wav": np.zeros(0)})
    done = deid(source, "--out", tmp_path / "new", "--key", tmp_path / "key.csv", "--json")
    assert done.returncode == 7
    outcome = json.loads(done.stdout)
    assert outcome["failures"] == [
        {"row": 3, "code": "E-NOT-FOUND", "what": "there is no such file"}
    ]
    assert outcome["risk"]["smallest_group"] == 1
    assert outcome["silenced"] is None
    assert "row 3: E-NOT-FOUND: there is no such file; left out\n" in done.stderr


def test_text(cohort: Write, tmp_path: Path) -> None:
    places = ("--out", tmp_path / "new", "--key", tmp_path / "key.csv")
    done = deid(cohort([{}]), *places, "--keep-beat", "--coarsen")
    assert done.returncode == 0
    assert done.stdout.startswith("de-identified: 1 recordings of 1 women, 1 visits")
    assert "listen before you share" in done.stdout


def test_scan_writes_nothing(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{"participant_id": "Jane Doe"}])
    done = deid(source, "--scan", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["cells"] == {"participant_id: name": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_scan_that_could_not_see_all_is_not_a_success(cohort: Write) -> None:
    source = cohort([{}, {}])
    (source / "wav" / "2.wav").unlink()
    done = deid(source, "--scan", "--json")
    assert done.returncode == 7
    assert (json.loads(done.stdout)["found"], json.loads(done.stdout)["unreadable"]) == (False, 1)


def test_places_are_needed(cohort: Write) -> None:
    done = deid(cohort([{}]))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("E-USAGE: --out and --key are needed")
    assert done.stderr.count("\n") == 1


def test_speech_is_silenced_in_one_way(cohort: Write, tmp_path: Path) -> None:
    places = ("--out", tmp_path / "new", "--key", tmp_path / "key.csv")
    done = deid(cohort([{}]), *places, "--keep-beat", "--silence-speech")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("E-USAGE: --silence-speech or --keep-beat, not both")
    assert not (tmp_path / "new").exists()
