"""No undefined behaviour, no bad access and no leak on real paths, good and bad."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import MODELS

from .conftest import Build

SANITIZE = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
# What onnxruntime does by itself: it leaks some of its start-up, and its cpuinfo copies in place.
# And glibc's loader, which compares eight bytes at a time and so looks past the end of some paths.
SUPPRESSED = """
{
   onnxruntime
   Memcheck:Leak
   ...
   obj:*libonnxruntime.so*
}
{
   onnxruntime
   Memcheck:Overlap
   ...
   obj:*libonnxruntime.so*
}
{
   loader
   Memcheck:Addr8
   fun:strncmp
   fun:is_dst
}
"""


def recordings(folder: Path, seconds: float) -> dict[Path, int]:
    """Files and the exit status that each leads to: a beat, a part of a window, no beat."""
    time = np.arange(round(seconds * 4_000)) / 4_000
    noise = np.random.default_rng(0).normal(0.0, 0.2, len(time))
    sounds = {
        "beat": (noise * (0.05 + np.maximum(0, np.sin(2 * np.pi * 2.4 * time)) ** 4), (0, 4)),
        "part": (noise[:9_000], (3,)),
        "silence": (np.where(np.arange(len(time)) == 5, 0.5, 0.0), (4,)),
    }
    made = {}
    for name, (sound, status) in sounds.items():
        path = folder / f"{name}.wav"
        soundfile.write(path, sound, 4_000, subtype="PCM_16")
        made[path] = status
    return made


def screen(command: list[str], path: Path, environment: dict[str, str]) -> int:
    done = subprocess.run(
        [*command, str(DEFAULT_BUNDLE), str(MODELS / "default.pub"), str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )
    assert done.stderr == ""
    return done.returncode


@pytest.mark.parametrize("compiler", ["gcc", pytest.param("clang", marks=pytest.mark.slow)])
def test_address_and_undefined(
    build: Build, onnxruntime_library: Path, tmp_path: Path, compiler: str
) -> None:
    program = [str(build(compiler, SANITIZE) / "screen_wav"), str(onnxruntime_library)]
    for path, status in recordings(tmp_path, 20.0).items():
        assert screen(program, path, {"ASAN_OPTIONS": "detect_leaks=1"}) in status


@pytest.mark.slow
def test_valgrind(built: Path, onnxruntime_library: Path, tmp_path: Path) -> None:
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    suppressed = tmp_path / "onnxruntime.supp"
    suppressed.write_text(SUPPRESSED)
    kinds = "definite,indirect,possible"
    valgrind = [
        *("valgrind", "-q", "--error-exitcode=99", "--keep-debuginfo=yes", "--leak-check=full"),
        *(f"--show-leak-kinds={kinds}", f"--errors-for-leak-kinds={kinds}"),
        f"--suppressions={suppressed}",
    ]
    program = [*valgrind, str(built / "screen_wav"), str(onnxruntime_library)]
    for path, status in recordings(tmp_path, 12.0).items():
        assert screen(program, path, {}) in status
