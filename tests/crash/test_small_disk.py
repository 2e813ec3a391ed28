"""A real small disk fills up: exit 6, nothing told is lost; with room it ends as on a large one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.errors import EXIT_ABSTAINED, EXIT_DATA, EXIT_STORAGE

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
ROOMY = 64_000_000
SLOW = pytest.mark.slow


@cache
def why_not() -> str:
    """Why nothing can be mounted here; empty where it can."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return "no unshare or no mount"
    able = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], text=True)
    return "" if able.returncode == 0 else "this user may not mount"


@pytest.fixture(scope="module", autouse=True)
def mountable() -> None:
    """Skips where nothing can be mounted."""
    if reason := why_not():
        pytest.skip(reason)


def on_a_disk(verb: str, size: int, inputs: Path, disk: Path) -> list[dict[str, Any]]:
    """What the verb did on a disk of so many bytes, and then on one with room."""
    disk.mkdir(exist_ok=True)
    command = ["unshare", "-m", sys.executable, HERE / "small_disk.py", disk, verb, size, inputs]
    done = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    for one in found:
        assert "Traceback" not in one["err"]
    return found


def sizes(short: Sequence[Any], long: Iterable[Any]) -> list[Any]:
    """The short form's cases, and the others as slow ones."""
    rest = [case if isinstance(case, tuple) else (case,) for case in long if case not in short]
    return [*short, *(pytest.param(*case, marks=SLOW) for case in rest)]


INGEST = [("ingest", size) for size in range(4_000, 150_000, 8_000)]
SIMULATE = [("simulate", size) for size in range(4_000, 500_000, 30_000)]


@pytest.mark.parametrize(
    ("verb", "size"),
    sizes([("ingest", 20_000), ("ingest", 60_000), ("simulate", 200_000)], [*INGEST, *SIMULATE]),
)
def test_a_cohort(verb: str, size: int, inputs: Path, tmp_path: Path) -> None:
    full, after = on_a_disk(verb, size, inputs, tmp_path / "disk")
    assert full["status"] in (0, EXIT_STORAGE)
    assert (full["status"] == 0) == (full["files"] == after["files"])
    assert after["status"] == 0
    kept = {name: digest for name, digest in full["files"].items() if name.endswith(".flac")}
    assert kept.items() <= after["files"].items()  # whole, under its final name, from the start
    _, roomy = on_a_disk(verb, ROOMY, inputs, tmp_path / "disk")
    assert after["files"] == roomy["files"]


@pytest.mark.parametrize("size", sizes([8_000, 100_000], range(4_000, 260_000, 12_000)))
def test_a_queue(size: int, inputs: Path, tmp_path: Path) -> None:
    full, after = on_a_disk("queue", size, inputs, tmp_path / "disk")
    shown = [json.loads(line)["recording"]["sha256"] for line in full["out"].splitlines()]
    assert set(shown) <= set(full["queued"])  # on the disk before it is shown
    assert (full["status"] == EXIT_STORAGE) == (len(shown) < 3)
    assert len(after["queued"]) == len(set(after["queued"])) == 3  # each once


@pytest.mark.parametrize("size", sizes([20_000], range(4_000, 100_000, 8_000)))
def test_fhir(size: int, inputs: Path, tmp_path: Path) -> None:
    full, after = on_a_disk("fhir", size, inputs, tmp_path / "disk")
    shown, written = full["out"].splitlines(), full["files"]
    assert full["status"] == (EXIT_ABSTAINED if len(written) == 3 else EXIT_STORAGE)
    assert len(shown) == len(written)  # on the disk before it is shown
    assert written.items() <= after["files"].items()
    assert len(after["files"]) == 3  # nothing was left behind


@pytest.mark.slow
@pytest.mark.parametrize("size", range(8_000, 600_000, 40_000))
def test_training(size: int, cohort: Path, tmp_path: Path) -> None:
    full, after = on_a_disk("pretrain", size, cohort, tmp_path / "disk")
    assert full["status"] in (0, EXIT_STORAGE)
    assert after["status"] == (0 if full["status"] else EXIT_DATA)  # nothing is left to do
    _, roomy = on_a_disk("pretrain", ROOMY, cohort, tmp_path / "disk")
    model = "run/model.safetensors"
    assert after["files"][model] == roomy["files"][model]
    assert after["files"].keys() == roomy["files"].keys()


SMALL = {"ingest": 20_000, "simulate": 200_000, "queue": 8_000, "fhir": 20_000}


@pytest.mark.parametrize(("verb", "size"), SMALL.items())
def test_a_disk_of_the_short_form_is_too_small(
    verb: str, size: int, inputs: Path, tmp_path: Path
) -> None:
    """So that the tests above meet what they are for."""
    full, _ = on_a_disk(verb, size, inputs, tmp_path / "disk")
    assert full["status"] == EXIT_STORAGE
    assert "E-STORAGE" in full["err"]
