"""The command line, as a user types it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def fetal_hemo(
    *arguments: object,
    home: Path,
    environment: Mapping[str, str] = os.environ,
    before: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """The command, run as a process of its own in the folder in which it keeps its keys."""
    own = {"XDG_CONFIG_HOME": str(home), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [*before, sys.executable, "-m", "fetal_hemo.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment, **own},
        cwd=home,
        timeout=300,
    )


def under_a_name(host: str) -> list[str]:
    """What to put before a command so that its machine has that name; nothing where not allowed."""
    command = ["unshare", "-r", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"]).returncode:
        return []
    return command
