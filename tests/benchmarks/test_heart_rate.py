"""The heart-rate benchmark as it is called, small; and the methods it compares with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.beat_score import beat_f1
from benchmarks.heart_rate import OTHERS, curve, measure, score
from benchmarks.rate_methods import plain, published

PROJECT = Path(__file__).resolve().parents[2]


def beating(bpm: float, noise: float = 0.05) -> np.ndarray:
    """One window `(1, 15000)` of noise near 300 Hz that swells at a rate."""
    time = np.arange(15_000) / 4_000
    rng = np.random.default_rng(0)
    tone = np.sin(2 * np.pi * 300 * time + 3 * np.cumsum(rng.normal(0, 0.05, time.size)))
    loud = noise + np.clip(np.sin(2 * np.pi * bpm / 60 * time), 0, None) ** 4
    return ((tone + 0.3 * rng.normal(size=time.size)) * loud).astype(np.float32)[None]


@pytest.mark.parametrize("bpm", [118.0, 140.0, 165.0])
@pytest.mark.parametrize("method", [plain.heart_rates, published.heart_rates])
def test_other_methods_find_a_clear_rate(method: object, bpm: float) -> None:
    assert callable(method)
    assert method(beating(bpm))[0] == pytest.approx(bpm, abs=2.5)


def test_published_rule_between_two_peaks() -> None:
    """The first of two peaks in the ratio 1 to 2, whichever is higher."""
    lags = np.arange(4_000) / 4_000
    curve = 0.5 * np.exp(-(((lags - 0.4) / 0.02) ** 2)) + 0.9 * np.exp(
        -(((lags - 0.8) / 0.02) ** 2)
    )
    assert published._choose(curve) == pytest.approx(150, abs=1)


def test_beat_score_knows_right_from_wrong() -> None:
    true = np.arange(0, 30, 0.42)
    spans = np.array([[0.0, 30.0]])
    assert beat_f1(true + 0.12, true, spans) == 1.0
    assert beat_f1(true[::2], true, spans) == pytest.approx(2 / 3, abs=0.01)
    rng = np.random.default_rng(0)
    assert beat_f1(np.sort(rng.uniform(0, 30, len(true))), true, spans) < 0.6


def test_benchmark_prints_one_document() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.heart_rate"),
            *("--recordings", "1", "--minutes", "1", "--json"),
        ],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert rows["simulated_good"]["simulated"] is True
    assert rows["simulated_good"]["ours"]["share_within_5_bpm"] > 0.9
    for least, covered, near in rows["simulated_good"]["ours"]["curve"]:
        assert least > 0.99 or (covered > 0.9 and near > 0.9)
    assert rows["beats_and_variation"]["beat_f1_mean"] > 0.9


def test_gross_errors_count_in_one_mean_and_not_in_the_other() -> None:
    found = score(np.array([140.0, 141.0, 70.0, np.nan]), np.full(4, 140.0))
    assert found["share_within_5_bpm"] == 0.5
    assert (found["mae_bpm"], found["mae_within_20_bpm"]) == (23.667, 0.5)


def test_a_curve_says_what_a_threshold_buys() -> None:
    rows = curve(np.array([0.4, 0.9, 0.995]), np.array([70.0, 140.0, 141.0]), np.full(3, 140.0))
    assert rows[0] == [0.0, 1.0, 0.6667]
    assert rows[1] == [0.5, 0.6667, 1.0]


@pytest.mark.slow
def test_ours_is_first_in_every_row() -> None:
    rows = measure(recordings=8, minutes=10.0)["rows"]
    for name, row in rows.items():
        if "ours" not in row:
            continue
        best = max(row[other]["share_within_5_bpm"] for other in OTHERS)
        assert row["ours"]["share_within_5_bpm"] >= best, name
