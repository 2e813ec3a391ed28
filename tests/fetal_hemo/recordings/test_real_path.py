"""Paths of a manifest that lead nowhere: told as one bad row by whatever reads the cohort."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.check import check_cohort
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.real_path import real_path

ASCII_ONLY = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
OPEN = "import sys; from fetal_hemo.recordings.cohort import open_cohort; open_cohort(sys.argv[1])"


def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=ASCII_ONLY, timeout=60)


@pytest.fixture
def umlaut(make_cohort) -> Path:
    """A cohort whose second row, as it is in ASCII, names no file."""
    folder = make_cohort([(110, 70), (150, 95)])
    (folder / "audio/r1.flac").rename(folder / "audio/ü.flac")
    text = (folder / "manifest.csv").read_text().replace("audio/r1.flac", "audio/ü.flac")
    (folder / "manifest.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("ingested", [False, True])
def test_check_names_the_row_and_goes_on(umlaut: Path, ingested: bool) -> None:
    if ingested:
        (umlaut / "ingest.json").touch()
    done = python("-m", "fetal_hemo.cli", "check", umlaut)
    assert done.returncode == 3
    assert "E-BUG" not in done.stderr
    assert "defect: row 3: E-UNREADABLE: the locale has no letters for the name" in done.stdout
    assert "row 2: E-" not in done.stdout
    assert ("defect: row 3: the sidecar cannot be read" in done.stdout) is ingested


def test_a_scan_counts_it_as_not_searched(umlaut: Path) -> None:
    done = python("-m", "fetal_hemo.cli", "deid", umlaut, "--scan")
    assert done.returncode == 7
    assert "1 of 2 files could not be searched" in done.stdout


def test_deid_leaves_it_out(umlaut: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    new = tmp_path_factory.mktemp("new")
    places = ("--out", new / "c", "--key", new / "key.csv")
    done = python("-m", "fetal_hemo.cli", "deid", umlaut, *places)
    assert done.returncode == 7
    assert "row 3: E-UNREADABLE: the locale has no letters for the name; left out" in done.stderr


def test_a_cohort_to_train_on_is_refused(umlaut: Path) -> None:
    done = python("-c", OPEN, umlaut)
    assert (
        "E-COHORT: 1 of 2 audio files are missing, first in row 3" in done.stderr.splitlines()[-1]
    )


def test_a_link_in_a_circle_is_a_missing_file(make_cohort) -> None:
    folder = make_cohort([(110, 70), (150, 95)])
    (folder / "audio/r1.flac").unlink()
    (folder / "audio/r1.flac").symlink_to("r1.flac")
    with pytest.raises(FetalHemoError, match="E-COHORT: 1 of 2 audio files are missing"):
        open_cohort(folder)
    assert any("row 3: E-UNREADABLE" in line for line in check_cohort(folder).defects)


def test_what_cannot_be_named_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "door").symlink_to(tmp_path)
    assert real_path(tmp_path / "door" / "a\0") == real_path(tmp_path) / "a\0"
