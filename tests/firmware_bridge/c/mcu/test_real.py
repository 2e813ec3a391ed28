"""The own exp, tanh, ln, sqrt and sine against numpy's."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

BOARD = Path(__file__).resolve().parents[4] / "firmware_bridge" / "c" / "mcu"
FUNCTIONS = {
    "exp": (np.linspace(-86, 86, 20_001), np.exp, "fh_exp"),
    "tanh": (np.linspace(-12, 12, 20_001), np.tanh, "fh_tanh"),
    "ln": (np.geomspace(1e-6, 1e6, 20_001), np.log, "fh_ln"),
    "sqrt": (np.geomspace(1e-7, 1e7, 20_001), np.sqrt, "fh_sqrt"),
    "sine": (np.linspace(0, 90, 20_001), lambda t: np.sin(2 * np.pi * t), "fh_sine_of_turns"),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")
    folder = tmp_path_factory.mktemp("real")
    wrappers = (
        "".join(
            f"void {name}(const float *x, float *y, int n) "
            f"{{ for (int i = 0; i < n; i++) y[i] = {function}(x[i]); }}\n"
            for name, (_, _, function) in FUNCTIONS.items()
        )
        .replace("void exp", "void exp_")
        .replace("void sqrt", "void sqrt_")
    )
    wrappers = wrappers.replace("void tanh", "void tanh_")
    (folder / "real.c").write_text(f'#include "fh_real.h"\n{wrappers}')
    command = ["gcc", "-std=c99", "-O2", "-ffp-contract=off", "-Wall", "-Werror", f"-I{BOARD}"]
    flags = ["-fsanitize=undefined", "-fno-sanitize-recover=all", "-shared", "-fPIC"]
    whole = [*command, *flags, str(folder / "real.c"), "-o", str(folder / "real.so")]
    subprocess.run(whole, check=True)
    return ctypes.CDLL(str(folder / "real.so"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_near_numpy(library: ctypes.CDLL, name: str) -> None:
    points, expected, _ = FUNCTIONS[name]
    x = points.astype(np.float32)
    y = np.zeros_like(x)
    symbol = name + "_" if name in ("exp", "tanh", "sqrt") else name
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (x, y)]
    getattr(library, symbol)(*pointers, len(x))
    truth = expected(x.astype(np.float64))
    relative = name in ("exp", "sqrt")
    error = np.abs(y - truth) / (np.abs(truth) if relative else np.maximum(1.0, np.abs(truth)))
    assert error.max() < (2e-5 if name == "sine" else 2e-6)  # a float32 of 90 turns is coarse
