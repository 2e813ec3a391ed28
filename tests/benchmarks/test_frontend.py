"""The front end's benchmark: what it counts, what it compares with, what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.frontend import Scalogram, lineage_scalogram, medians, multiply_adds
from benchmarks.screen import ten_minutes
from fetal_hemo.constants import FRAMES, WINDOW_SAMPLES
from fetal_hemo.signals.filterbank import AnalyticFilterbank

PROJECT = Path(__file__).resolve().parents[2]


def test_multiply_adds_are_those_that_torch_counts_less_the_zero_taps() -> None:
    bank = AnalyticFilterbank()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        bank(torch.zeros(1, WINDOW_SAMPLES))
    kernels = [group.kernels for group in bank.groups]
    zeros = FRAMES * sum(int((kernel == 0).sum()) for kernel in kernels)
    dense = counter.get_total_flops() // 2 - zeros  # the decimators' zeros are still in it
    assert 0.94 * dense < multiply_adds(bank) < dense


def test_lineage_hears_the_beats_that_we_hear() -> None:
    """Both scalograms of one window rise and fall together, at 250 columns."""
    window = ten_minutes()[:WINDOW_SAMPLES]
    theirs = lineage_scalogram(window)
    assert theirs.shape == (40, 250)
    assert (theirs.min(), theirs.max()) == (0.0, 1.0)
    ours = Scalogram()(torch.from_numpy(window)[None])[0].exp().numpy()
    ours = ours.reshape(len(ours), 250, 3).mean(axis=2)
    assert np.corrcoef(ours[10:28].mean(axis=0), theirs.mean(axis=0))[0, 1] > 0.9


def test_a_round_calls_every_candidate() -> None:
    called = {"one": 0, "many": 0}

    def call(name: str) -> None:
        called[name] += 1

    took = medians({"one": lambda: call("one")}, {"many": lambda: call("many")}, runs=2)
    assert set(took) == set(called)
    assert called["one"] == 2 * (1 + 1)  # one that warms up, one that is timed
    assert called["many"] == 2 * (1 + 10)


@pytest.mark.slow
def test_one_object_with_the_promised_keys() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.frontend", "--runs", "1", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=600,
        check=True,
    )
    measured = json.loads(done.stdout)
    promised = {
        "ours_ms_per_window",
        "lineage_ms_per_window",
        "speedup",
        "gemm_floor_ms",
        "over_floor",
        "front_end_ms_per_window",
        "window_graph_float_ms_per_window",
        "window_graph_int8_ms_per_window",
    }
    assert promised <= set(measured)
    assert all(measured[name] > 0 for name in promised)
    assert measured["front_end_in_int8_graph"] == "float"
    assert measured["speedup"] >= 150  # ratios of one run: a busy machine slows both sides
    assert measured["over_floor"] <= 2.5
