"""The own exp, tanh, ln, sqrt, sine and half floats against numpy's."""

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

HALVES = """
void to_half(const float *x, uint16_t *y, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = fh_to_half(x[i]);
}
void from_half(const uint16_t *x, float *y, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = fh_from_half(x[i]);
}
"""
LARGEST = 65_504.0
ALL_HALVES = np.arange(1 << 16, dtype=np.uint16)


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
    (folder / "real.c").write_text(f'#include "fh_real.h"\n{wrappers}{HALVES}')
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


def convert(library: ctypes.CDLL, name: str, x: np.ndarray) -> np.ndarray:
    """Bits of halves for floats, floats for bits."""
    y = np.zeros(len(x), np.uint16 if name == "to_half" else np.float32)
    x = np.ascontiguousarray(x)
    getattr(library, name)(*(a.ctypes.data_as(ctypes.c_void_p) for a in (x, y)), len(x))
    return y


def test_every_half_is_read_exactly_and_written_back(library: ctypes.CDLL) -> None:
    """Subnormals too; of what is not finite, NaN alone comes back."""
    halves = ALL_HALVES.view(np.float16)
    read = convert(library, "from_half", ALL_HALVES)
    np.testing.assert_array_equal(read, halves.astype(np.float32))
    written = convert(library, "to_half", read).view(np.float16)
    finite = np.isfinite(halves)
    np.testing.assert_array_equal(written[finite].view(np.uint16), ALL_HALVES[finite])
    np.testing.assert_array_equal(np.isnan(written), np.isnan(halves))


def test_floats_become_the_nearest_half(library: ctypes.CDLL) -> None:
    """Of any size, halfway between two halves, and one step of float32 beside halfway."""
    any_bits = np.random.default_rng(3).integers(0, 1 << 32, 500_000, dtype=np.uint32)
    halves = np.sort(ALL_HALVES.view(np.float16)[np.isfinite(ALL_HALVES.view(np.float16))])
    steps = halves.astype(np.float32)
    middle = (steps[1:] + steps[:-1]) / 2
    beside = [np.nextafter(middle, np.float32(side)) for side in (-np.inf, np.inf)]
    x = np.concatenate([any_bits.view(np.float32), middle, *beside])
    expected = np.clip(x, -LARGEST, LARGEST).astype(np.float16)
    found = convert(library, "to_half", x).view(np.float16)
    known = ~np.isnan(x)
    np.testing.assert_array_equal(found[known].view(np.uint16), expected[known].view(np.uint16))
    assert np.isnan(found[~known]).all()


def test_what_no_half_holds_is_the_largest(library: ctypes.CDLL) -> None:
    x = np.array([65_504, 65_505, 65_520, 1e30, np.inf, -1e5, -np.inf], np.float32)
    found = convert(library, "to_half", x).view(np.float16)
    np.testing.assert_array_equal(found, [LARGEST] * 5 + [-LARGEST] * 2)
