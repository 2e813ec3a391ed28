"""onnxruntime keeps and sends nothing about a device or its runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_bridge.screen import DEFAULT_BUNDLE

PROJECT = Path(__file__).parents[2]
SETTINGS = ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED", "CI", "GITHUB_ACTIONS", "TF_BUILD")
SESSION = "; import onnxruntime; onnxruntime.InferenceSession(open(0, 'rb').read())"


def kept_by(home: Path, *command: str, given: bytes = b"") -> list[str]:
    """Names of the files in a home folder after a process that knew no other place."""
    unset = (*SETTINGS, "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"HOME": str(home), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, env=environment, input=given, timeout=120)
    assert done.returncode == 0
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def test_a_device_verifies_a_bundle(tmp_path: Path) -> None:
    assert (
        kept_by(tmp_path, sys.executable, "-m", "firmware_bridge", "verify", str(DEFAULT_BUNDLE))
        == []
    )


@pytest.mark.parametrize("module", ["firmware_bridge", "fetal_hemo", "export"])
def test_whoever_comes_first(tmp_path: Path, graphs: dict[str, bytes], module: str) -> None:
    command = f"import {module}{SESSION}"
    assert kept_by(tmp_path, sys.executable, "-c", command, given=graphs["recording.onnx"]) == []
