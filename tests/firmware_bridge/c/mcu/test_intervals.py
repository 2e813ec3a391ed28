"""Correlations between envelopes in integers are those of the one signal path, at any rate."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from export.c_source.front_end import front_end_tables
from fetal_hemo.signals.intervals import Intervals

BOARD = Path(__file__).resolve().parents[4] / "firmware_bridge" / "c" / "mcu"
SCALE, ZERO = 0.008, 125  # -1 to 1.04
RATES = [60.0, 95.8, 96.0, 100.0, 123.45, 139.5, 160.0, 198.9, 199.1, 210.0]
HOST = """
#include "fh_front_end.h"
static fh_front_end f;
void intervals(const int16_t *envelope, int centi_bpm, int multiplier, int zero, uint8_t *to)
{
    memcpy(f.envelope, envelope, sizeof f.envelope);
    fh_front_end_intervals(&f, (uint16_t)centi_bpm, multiplier, zero, to);
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")
    folder = tmp_path_factory.mktemp("intervals")
    (folder / "fh_front_end_tables.h").write_text(front_end_tables())
    (folder / "host.c").write_text(f"#include <string.h>\n{HOST}")
    sources = [folder / "host.c", BOARD / "fh_intervals.c"]
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined,bounds"]
    command = ["gcc", *strict, "-fno-sanitize-recover=all", "-O2", "-shared", "-fPIC"]
    command += [f"-I{BOARD}", f"-I{folder}", *sources, "-o", folder / "host.so"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(folder / "host.so"))


def by_c(library: ctypes.CDLL, envelopes: np.ndarray, bpm: float) -> np.ndarray:
    """Bytes `(36, 31)` of envelopes `(6, 750)` that are whole 1024ths."""
    given = np.ascontiguousarray(envelopes.T, np.int16)
    found = np.zeros((31, 36), np.uint8)
    pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (given, found))
    rate, multiplier = round(100 * bpm), round(1024 / SCALE)
    library.intervals(next(pointers), rate, multiplier, ZERO, next(pointers))
    return found.T.astype(int)


def by_torch(envelopes: np.ndarray, bpm: float) -> np.ndarray:
    real = torch.from_numpy((envelopes / 1024).astype(np.float32))[None]
    values = Intervals()(real, torch.tensor([bpm], dtype=torch.float32))[0].numpy()
    return np.clip(np.rint(values / SCALE) + ZERO, 0, 255).astype(int)


def beating(seed: int, spread: float = 600.0) -> np.ndarray:
    """Envelopes in 1024ths: six groups that follow each other, with noise."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * (np.arange(750) / 86 + rng.uniform(0, 1, (6, 1)))
    wave = np.exp(2 * np.cos(phase)) + rng.normal(0, 1, (6, 750))
    return np.rint(wave / wave.std() * spread + rng.uniform(-500, 500, (6, 1))).clip(-2_358, 7_000)


@pytest.mark.parametrize("bpm", RATES)
def test_the_bytes_of_torch(library: ctypes.CDLL, bpm: float) -> None:
    pairs = [(by_c(library, e, bpm), by_torch(e, bpm)) for e in map(beating, range(5))]
    found, expected = (np.stack(side) for side in zip(*pairs, strict=True))
    assert expected.max() - expected.min() > 120  # or the agreement would say little
    difference = np.abs(found - expected)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.03


def test_a_delay_is_found_where_it_is(library: ctypes.CDLL) -> None:
    """Group 1 repeats group 0 after 100 ms: at the reference rate that is lag 10 of row 0, 1."""
    envelopes = np.rint(np.random.default_rng(3).normal(0, 500, (6, 1_000))).repeat(2, axis=1)
    later, earlier = envelopes[:, 200:950], envelopes[:, 220:970]
    found = by_c(library, np.stack([earlier[0], later[0], *later[2:]]), 139.5).reshape(6, 6, 31)
    assert found[0, 1].argmax() == 10
    assert found[0, 0, 0] == 250
    assert abs(found[1, 0] - ZERO).max() < 40


@pytest.mark.parametrize("kind", ["flat", "spike", "edges", "faint"])
def test_extremes_stay_in_range(library: ctypes.CDLL, kind: str) -> None:
    """The undefined-behaviour sanitizer watches: no sum overflows."""
    envelopes = np.full((6, 750), -2_358)
    if kind == "spike":
        envelopes[:, 400:402] = 7_000
    elif kind == "edges":
        envelopes[:, ::4] = 7_000
        envelopes[:, 1::4] = 7_000
    elif kind == "faint":
        envelopes[:, 300] += 2
    found, expected = by_c(library, envelopes, 90.0), by_torch(envelopes, 90.0)
    assert np.abs(found - expected).max() <= 1
