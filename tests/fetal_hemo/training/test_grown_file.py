"""What a kill or a power cut has torn is left out, and the file grows on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fetal_hemo.recipe import load_recipe
from fetal_hemo.training.grown_file import keep_whole_lines
from fetal_hemo.training.kept_survey import KeptSurvey
from fetal_hemo.training.run_folder import LOG, RunFolder

FACTS = {name: {"usable": [0, 1], "windows": number} for number, name in enumerate("abcd")}


def surveyed(path: Path) -> bytes:
    """The bytes of a survey that goes on from what it finds, in the order of the recordings."""
    kept = KeptSurvey(load_recipe(), path)
    for name, facts in FACTS.items():
        if name not in kept.known:
            kept.keep(name, facts)
    assert kept.known == FACTS
    return path.read_bytes()


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param(lambda whole: whole[:-5], id="end"),
        pytest.param(lambda whole: whole[:-1], id="last byte"),
        pytest.param(lambda whole: whole[:40] + b"\0" * 60 + whole[100:], id="page in the middle"),
        pytest.param(lambda whole: b"\0" * len(whole), id="size alone was written"),
        pytest.param(lambda whole: b"", id="nothing"),
        pytest.param(lambda whole: whole, id="none"),
    ],
)
def test_a_survey_ends_with_the_same_bytes(tmp_path: Path, torn) -> None:
    whole = surveyed(tmp_path / "whole")
    (tmp_path / "torn").write_bytes(torn(whole))
    assert surveyed(tmp_path / "torn") == whole


def test_a_whole_file_and_a_missing_one_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    before = os.stat(path)
    keep_whole_lines(path, bool)
    assert os.stat(path).st_ino == before.st_ino
    keep_whole_lines(tmp_path / "none", bool)
    assert list(tmp_path.iterdir()) == [path]


def test_the_log_goes_on_behind_its_last_whole_line(tmp_path: Path) -> None:
    run = RunFolder(tmp_path, {})
    run.log("started")
    whole = (tmp_path / LOG).read_bytes()
    (tmp_path / LOG).write_bytes(whole + b"\0\0\0\0 1\nepoch 2, lo")
    keep_whole_lines(tmp_path / LOG, lambda line: b"\0" not in line)
    assert (tmp_path / LOG).read_bytes() == whole
