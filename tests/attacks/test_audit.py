"""The scan for known vulnerabilities never passes where nothing was scanned."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "audit"
NOT_SCANNED = 75
SOUND = {"name": "numpy", "version": "2", "vulns": []}
WEAK = {"name": "yaml", "version": "1", "vulns": [{"id": "CVE-1"}]}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}


def audit(place: Path, **variables: object) -> subprocess.CompletedProcess[str]:
    """What the script does in a folder of its own."""
    (place / ".ci").mkdir()
    shutil.copy(SCRIPT, place / ".ci" / "audit")
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    command = [str(place / ".ci" / "audit")]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)


def tools(place: Path, status: int, answer: str) -> Path:
    """Stand-ins for the tools, which need a network, and an environment: its folder."""
    bin_, venv = place / "build" / "audit" / "bin", place / "venv"
    bin_.mkdir(parents=True)
    (bin_.parent / "ready").touch()
    (place / "answer").write_text(answer)
    scan = f"#!/bin/sh\ncp answer runs/audit/vulnerabilities.json\nexit {status}\n"
    for name, text in {"cyclonedx-py": "#!/bin/sh\n", "pip-audit": scan}.items():
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    return venv


def test_no_tools(tmp_path: Path) -> None:
    done = audit(tmp_path, PYTHON="/bin/false")
    assert done.returncode == NOT_SCANNED
    assert "the tools could not be fetched" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "packages", "expected", "said"),
    [
        (1, None, NOT_SCANNED, "no vulnerability database could be reached"),
        (0, [UNKNOWN], NOT_SCANNED, "knows nothing of vulnerabilities: not scanned"),
        (0, [SOUND, UNKNOWN], 0, "1 of 2 packages looked up, with known vulnerabilities: none"),
        (1, [SOUND, WEAK], 1, "with known vulnerabilities: yaml"),
    ],
)
def test_what_the_scan_says(
    tmp_path: Path, status: int, packages: list[object] | None, expected: int, said: str
) -> None:
    answer = "" if packages is None else json.dumps({"dependencies": packages})
    done = audit(tmp_path, VENV=tools(tmp_path, status, answer))
    assert done.returncode == expected, done.stderr
    assert said in done.stdout + done.stderr
