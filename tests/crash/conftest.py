"""Programmes behind the layer that injects faults, what they work on, a disk that syncs quickly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.pretrain import pretrain
from tests.smallest_training import smallest_recipe
from tests.torture.programme import record

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
MEMORY = Path("/dev/shm")

Behind = Callable[..., dict[str, Any]]
RECIPE = "[windows]\nmin_usable_windows = 2\n" + smallest_recipe(epochs=1)


def built(source: str, folder: Path) -> Path:
    """A library of one C file, to be preloaded."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip(f"no C compiler, or no Linux, for {source}, which stands before the C library")
    library = (folder / source).with_suffix(".so")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / source, "-ldl", "-lm"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return library


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, signed: Any) -> Path:
    """Three recordings of 8 s, a bundle and its key."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "sounds").mkdir()
    for number in range(3):
        samples = np.random.default_rng(number).normal(size=32_000) * 0.1
        soundfile.write(folder / "sounds" / f"{number}.wav", samples, 4_000)
    shutil.copy(signed.path, folder / "a.fhb")
    shutil.copy(signed.public_key, folder / "signer.pub")
    return folder


@pytest.fixture(scope="module")
def cohort(inputs: Path) -> Path:
    """The inputs with a cohort of short recordings, and a recipe."""
    simulate_cohort(inputs / "cohort", women=16, seed=3, minutes=0.25, prevalence=0.4, jobs=1)
    (inputs / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    return inputs


@pytest.fixture(scope="module")
def interrupted(cohort: Path) -> Path:
    """Also a run on the cohort that was stopped in its first step."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
        pretrain(cohort / "cohort", cohort / "run", cohort / "tiny.toml", progress=interrupt)
    return cohort


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built `faults.c`."""
    return built("faults.c", tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="session")
def false_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built `false_clock.c`."""
    return built("false_clock.c", tmp_path_factory.mktemp("clock"))


@pytest.fixture
def behind(library: Path, quick: Path) -> Behind:
    """Runs a programme of this folder behind it, in an empty folder: `behind("x.py", 3)`.

    Gives the JSON line that the programme prints.
    """

    def run(program: str, *arguments: object) -> dict[str, Any]:
        paths = f"{PROJECT}{os.pathsep}{HERE}"
        environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": paths}
        command = [sys.executable, HERE / program, quick, *arguments]
        done = subprocess.run(
            list(map(str, command)),
            capture_output=True,
            text=True,
            env={**environment, "OMP_NUM_THREADS": "1"},
            timeout=900,
        )
        assert done.returncode == 0, done.stderr[-4_000:]
        print(done.stderr, end="")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        record({"programme": program.removesuffix(".py").replace("_", " "), **found})
        return found

    return run


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """An empty folder in memory where that is possible: real calls, no waiting for a disk."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    yield folder
    shutil.rmtree(folder)
