"""Two handles in two threads give what one gives alone, and share nothing that both write."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.simulate.recording import simulate_recording
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import MODELS, read_public_key

from .conftest import SOURCES, Build, Opened

PROGRAM = Path(__file__).with_name("two_threads.c")
STRICT = ["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
RACES = "-O1 -g -fsanitize=thread"
# onnxruntime is not compiled for it: what goes on inside is not looked at, all of ours is.
ONLY_OURS = {"TSAN_OPTIONS": "ignore_noninstrumented_modules=1"}


def compiled(source: Path, to: Path, flags: str, *libraries: object) -> Path:
    """A program; raises `CalledProcessError`."""
    command = ["gcc", *STRICT, *flags.split(), f"-I{SOURCES / 'include'}", source, *libraries]
    command += ["-o", to, "-lm", "-ldl", "-pthread"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    return to


def require_race_detector(folder: Path) -> None:
    source = folder / "empty.c"
    source.write_text("int main(void) { return 0; }\n")
    try:
        subprocess.run([compiled(source, folder / "empty", RACES)], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"gcc here has no working -fsanitize=thread: {error}")


@pytest.mark.parametrize("flags", ["-O2", RACES], ids=["plain", "races are looked for"])
def test_two_threads(
    build: Build, opened: Opened, onnxruntime_library: Path, tmp_path: Path, flags: str
) -> None:
    samples = (simulate_recording(5, minutes=1).samples * 30_000).astype(np.int16)
    opened.push(samples)
    summary, alone = opened.result()
    assert summary.outcome == 0  # a probability, so that both graphs take part
    if flags == RACES:
        require_race_detector(tmp_path)
    folder = build("gcc", flags)
    program = compiled(PROGRAM, tmp_path / "two", flags, folder / "libfetal_hemo.a")
    (tmp_path / "key").write_bytes(read_public_key(MODELS / "default.pub"))
    samples.tofile(tmp_path / "samples")
    inputs = [onnxruntime_library, DEFAULT_BUNDLE, tmp_path / "key", tmp_path / "samples"]
    done = subprocess.run(
        [str(program), *map(str, inputs)],
        capture_output=True,
        text=True,
        env={**os.environ, **ONLY_OURS},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = [{**json.loads(line), "timing_s": 0} for line in done.stdout.splitlines()]
    assert found == [{**alone, "timing_s": 0}] * 2
