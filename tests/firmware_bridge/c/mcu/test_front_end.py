"""The integer front end hears what the one signal path hears."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from export.c_source.front_end import front_end_tables
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.audio import read_audio

PROJECT = Path(__file__).resolve().parents[4]
BOARD = PROJECT / "firmware_bridge" / "c" / "mcu"
SCALES = {"scalogram": (0.0345, 102), "envelope": (0.0269, 86), "intervals": (0.00745, 113)}
MOSTLY_DEAD = 0.3  # such a window has no say, and its level is that of rounding
HOST = """
#include "fh_front_end.h"
static fh_front_end f;
int size(void) { return sizeof f; }
int whole(const int16_t *x, int chunk, const int *scales, uint8_t *s, uint8_t *e, uint8_t *i,
          int *facts)
{
    static fh_rhythm rhythm;
    fh_front_end_start(&f);
    for (int at = 0; at < FH_WINDOW_SAMPLES; at += chunk) {
        int left = FH_WINDOW_SAMPLES - at, want = left < chunk ? left : chunk;
        if (fh_front_end_whole(&f) || fh_front_end_push(&f, x + at, want) != want)
            return 0;
    }
    if (!fh_front_end_whole(&f) || fh_front_end_push(&f, x, 1) != 0)
        return 0;
    fh_front_end_scalogram(&f, scales[0], scales[1], s);
    fh_front_end_envelope(&f, scales[2], scales[3], e);
    fh_front_end_rhythm(&f, &rhythm);
    fh_front_end_intervals(&f, rhythm.centi_bpm[0], scales[4], scales[5], i);
    facts[0] = f.still, facts[1] = rhythm.centi_bpm[0], facts[2] = rhythm.confidence;
    return 1;
}
"""


class Heard(NamedTuple):
    """Bytes and facts of windows; the first axis of each."""

    scalogram: np.ndarray  # (windows, 750, 32)
    envelope: np.ndarray  # (windows, 750, 6)
    intervals: np.ndarray  # (windows, 31, 36)
    facts: np.ndarray  # (windows, 3) still frames, bpm * 100, confidence * 2^14


class HostFrontEnd:
    """The C of this folder, compiled for this machine."""

    def __init__(self, library: Path) -> None:
        self.shared_object = ctypes.CDLL(str(library))

    def hear(self, windows: np.ndarray, chunk: int = 1_000) -> Heard:
        """`Heard` of int16 samples `(windows, 15000)`, pushed `chunk` samples at a time."""
        count = len(windows)
        shapes = (750, 32), (750, 6), (31, 36)
        parts = [np.zeros((count, *shape), np.uint8) for shape in shapes]
        facts = np.zeros((count, 3), np.int32)
        scales = [n for scale, zero in SCALES.values() for n in (round(1024 / scale), zero)]
        given = np.array(scales, np.int32)
        for i in range(count):
            rows = [part[i].ctypes.data_as(ctypes.c_void_p) for part in (*parts, facts)]
            x, s = (a.ctypes.data_as(ctypes.c_void_p) for a in (windows[i], given))
            assert self.shared_object.whole(x, chunk, s, *rows) == 1
        return Heard(*parts, facts)


@pytest.fixture(scope="session")
def front_end(tmp_path_factory: pytest.TempPathFactory) -> HostFrontEnd:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")
    folder = tmp_path_factory.mktemp("front_end")
    (folder / "fh_front_end_tables.h").write_text(front_end_tables())
    (folder / "host.c").write_text(HOST)
    parts = ("fh_front_end.c", "fh_rhythm.c", "fh_intervals.c")
    sources = [folder / "host.c", *(BOARD / part for part in parts)]
    strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsanitize=undefined"]
    where = ["-fno-sanitize-recover=all", f"-I{BOARD}", f"-I{folder}", "-o", folder / "host.so"]
    command = ["gcc", *strict, "-O2", "-shared", "-fPIC", *sources, *where]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return HostFrontEnd(folder / "host.so")


def as_integers(windows: np.ndarray, peak: float) -> np.ndarray:
    """int16 windows whose largest swing is `peak` of the scale."""
    largest = np.maximum(np.abs(windows).max(axis=1, keepdims=True), 1e-9)
    return np.rint(windows / largest * peak * 32_767).astype(np.int16)


def by_torch(windows: np.ndarray) -> Signals:
    with torch.no_grad():
        return FrontEnd()(torch.from_numpy((windows / 32_768).astype(np.float32)))


def byte_differences(ours: np.ndarray, values: torch.Tensor, name: str) -> np.ndarray:
    scale, zero = SCALES[name]
    expected = np.clip(np.rint(values.numpy() / scale) + zero, 0, 255)
    return np.abs(ours.astype(int) - expected)


def check(front_end: HostFrontEnd, windows: np.ndarray) -> None:
    heard, signals = front_end.hear(windows), by_torch(windows)
    np.testing.assert_array_equal(heard.facts[:, 0], np.rint(signals.dead_share.numpy() * 750))
    live = signals.dead_share.numpy() <= MOSTLY_DEAD
    assert live.sum() >= 5
    for name, values, mean, rare in (
        ("scalogram", signals.scalogram.transpose(1, 2), 0.3, 2),
        ("envelope", signals.envelope.transpose(1, 2), 0.1, 2),
        ("intervals", signals.intervals.transpose(1, 2), 0.1, 8),  # such a valley is in 11 pairs
    ):
        difference = byte_differences(getattr(heard, name), values, name)[live]
        assert difference.mean() < mean, name
        assert np.quantile(difference, 0.999) <= rare, name
        assert difference.max() <= 12, name  # in a valley beside a click
    bpm, sure = heard.facts[:, 1] / 100, heard.facts[:, 2] / 2**14
    np.testing.assert_allclose(sure[live], signals.confidence.numpy()[live], atol=0.01)
    assert np.abs(bpm - signals.heart_rate_bpm.numpy())[live].max() <= 1.0


@pytest.mark.parametrize("peak", [0.9, 0.1, 0.005])
def test_every_quality_loud_and_quiet(front_end: HostFrontEnd, peak: float) -> None:
    """The quietest has a peak of 164 of 32,767."""
    check(front_end, as_integers(quality_windows(21, 61)[0], peak))


def test_real_clips(front_end: HostFrontEnd, data_dir: Path) -> None:
    names = ("quality_good", "quality_poor", "quality_interference", "quality_talking", "autofhr_1")
    clips = [read_audio(data_dir / "doppler" / f"{name}.wav").windows() for name in names]
    check(front_end, np.rint(np.concatenate(clips) * 32_767).astype(np.int16))


@pytest.mark.parametrize("chunk", [1, 7, 611, 15_000])
def test_chunks_leave_no_trace(front_end: HostFrontEnd, chunk: int) -> None:
    windows = as_integers(quality_windows(3, 62)[0], 0.3)
    for found, expected in zip(
        front_end.hear(windows, chunk), front_end.hear(windows), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_an_offset_leaves_no_trace(front_end: HostFrontEnd) -> None:
    windows = as_integers(quality_windows(5, 63)[0], 0.05)
    plain, shifted = front_end.hear(windows), front_end.hear(windows + np.int16(20_000))
    difference = np.abs(plain.scalogram.astype(int) - shifted.scalogram)
    assert difference.max() <= 2
    assert np.abs(plain.facts[:, 1] - shifted.facts[:, 1]).max() <= 5


@pytest.mark.parametrize("kind", ["silence", "rail", "square", "noise", "click"])
def test_extremes_stay_in_range(front_end: HostFrontEnd, kind: str) -> None:
    """The undefined-behaviour sanitizer watches: no sum overflows."""
    rng = np.random.default_rng(0)
    window = np.zeros(15_000, np.int16)
    if kind == "rail":
        window[:] = -32_768
    elif kind == "square":
        window[:] = np.where(np.arange(15_000) // 10 % 2, 32_767, -32_768)
    elif kind == "noise":
        window[:] = rng.choice([-32_768, 32_767], 15_000)
    elif kind == "click":
        window[7_000] = 32_767
    heard = front_end.hear(window[None])
    assert 6_000 <= heard.facts[0, 1] <= 21_000
    assert 0 <= heard.facts[0, 2] <= 2**14
    assert heard.facts[0, 0] == {"silence": 750, "rail": 750, "click": 749}.get(kind, 0)


def test_memory(front_end: HostFrontEnd) -> None:
    assert front_end.shared_object.size() <= 51_000
