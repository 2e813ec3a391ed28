"""The device benchmark measures real processes and prints the keys that the issue names."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = {"import_s", "cold_start_s", "screen_10min_s", "peak_rss_mb"}


@pytest.fixture(scope="module")
def measured() -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.device", "--runs", "1", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_python_wrapper(measured: dict) -> None:
    for found in (measured, measured["wav_44k1"]):
        assert set(found) >= PYTHON
        assert 0 < found["import_s"] < found["cold_start_s"] < found["screen_10min_s"] < 60
        assert 20 < found["peak_rss_mb"] < 300


def test_c_library(measured: dict) -> None:
    c = measured["c"]
    if shutil.which("make") is None:
        assert c["screen_10min_s"] is None
        assert c["reason"]
        return
    assert 0 < c["screen_10min_s"] < 60
    assert 20 < c["peak_rss_mb"] < measured["peak_rss_mb"]


def test_every_core_is_named(measured: dict) -> None:
    mcu = measured["mcu"]
    for core in ("cortex_m4f", "cortex_m7", "cortex_m55"):
        assert core in mcu
        assert mcu[core] is not None or mcu["reason"]
