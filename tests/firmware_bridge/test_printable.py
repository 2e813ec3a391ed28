"""Names that would steer a terminal: shown with `?`, on one line, and taken as they are."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.output import print_json, print_text
from tests.firmware_bridge.test_cli import run

HOSTILE = "x\x1b[31m\ay\x9b2J\u202e\n"
HARMLESS = "x?[31m?y?2J??"


@pytest.fixture
def model(signed: Any) -> list[str | Path]:
    return ["--bundle", signed.path, "--trust", signed.public_key]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / f"{HOSTILE}.flac"
    soundfile.write(path, np.random.default_rng(0).normal(size=40_000) * 0.1, 4_000)
    return path


def test_a_recording_that_is_screened(model: list[str | Path], hostile: Path) -> None:
    done = run("screen", hostile, *model)
    assert done.returncode in (0, 4)
    heading = done.stdout.splitlines()[0]
    assert heading == f"{hostile.parent}/{HARMLESS}.flac:"
    assert all(line.isprintable() for line in done.stdout.split("\n"))


def test_a_recording_that_is_missing(model: list[str | Path], tmp_path: Path) -> None:
    done = run("screen", tmp_path / HOSTILE, tmp_path / "\udcff.wav", *model)
    assert done.returncode == 3
    assert done.stdout == (
        f"{tmp_path}/{HARMLESS}: not screened (E-NOT-FOUND)\n"
        f"{tmp_path}/?.wav: not screened (E-NOT-FOUND)\n"
    )
    assert len(done.stderr.splitlines()) == 2
    assert all(line.isprintable() for line in done.stderr.split("\n"))


def test_json_stays_as_it_was(model: list[str | Path], hostile: Path) -> None:
    done = run("screen", hostile, *model, "--json")
    assert json.loads(done.stdout)["outcome"] in ("screened", "abstained")


def test_a_source_to_listen_to(model: list[str | Path], tmp_path: Path) -> None:
    done = run("listen", "--source", f"wav:{tmp_path}/{HOSTILE}.wav@max", *model)
    assert done.returncode == 3
    assert done.stderr.startswith("E-NOT-FOUND: ")
    assert all(line.isprintable() for line in done.stderr.split("\n"))


def test_an_error_keeps_the_name_and_shows_it_printable() -> None:
    error = FetalHemoError("E-NOT-FOUND", "there is no such file", HOSTILE, "look")
    assert error.where == HOSTILE
    assert error.line() == "E-NOT-FOUND: there is no such file: x?[31m?y?2J? ; look"


def test_lines_stay_lines_and_a_document_keeps_every_character(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_text("a\x1b\n  é 🎈")
    print_json({"name": "\u009b" + os.sep})
    assert capsys.readouterr().out == 'a?\n  é 🎈\n{"name": "\u009b/"}\n'
