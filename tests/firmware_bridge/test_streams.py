"""Closed and full standard streams: results and files keep their places, one line says the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.firmware_bridge.test_cli import ENVIRONMENT, command


def shell(arguments: list[str], redirection: str) -> subprocess.CompletedProcess[str]:
    """The command under a shell that redirects its streams."""
    line = ["sh", "-c", f'"$@" {redirection}', "sh", *arguments]
    return subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


@pytest.fixture
def with_one_missing(signed: Any, tmp_path: Path) -> list[str]:
    """The call that screens a recording, one that is missing, and the first again."""
    noise = tmp_path / "noise.flac"
    soundfile.write(noise, np.random.default_rng(0).normal(size=40_000) * 0.1, 4_000)
    model = "--bundle", signed.path, "--trust", signed.public_key
    return command("screen", noise, tmp_path / "missing.wav", noise, *model, "--json")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "0<&- 2>&-"])
def test_lines_that_nobody_gets_stop_nothing(with_one_missing: list[str], redirection: str) -> None:
    done = shell(with_one_missing, redirection)
    outcomes = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    assert outcomes[1] == "refused"
    assert (len(outcomes), done.returncode, done.stderr) == (3, 7, "")


def test_results_that_nobody_can_get(with_one_missing: list[str]) -> None:
    done = shell(with_one_missing, ">&-")
    assert done.returncode == 6
    assert done.stderr == "E-STORAGE: standard output is closed\n"


def test_workstation_command_with_standard_error_full(tmp_path: Path) -> None:
    missing = [sys.executable, "-m", "fetal_hemo.cli", "verify", str(tmp_path / "missing.fhb")]
    said = shell(missing, "")
    assert said.stderr.startswith("E-")
    assert shell(missing, "2>/dev/full").returncode == said.returncode


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    code = (
        "import os, sys; from firmware_bridge.streams import prepare_streams; prepare_streams(); "
        "number = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY); "
        "os.write(1, b'banner'); os.write(2, b'banner'); sys.exit(number)"
    )
    file = tmp_path / "results.db"
    done = shell([sys.executable, "-c", code, str(file)], "0<&- >&- 2>&-")
    assert done.returncode == 3
    assert file.read_bytes() == b""
