"""Heart rate on real recordings by the workstation's engine, and that a device says the same."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.recipe import load_recipe
from fetal_hemo.training.survey import WindowFacts, window_rules
from firmware_bridge.audio import read_audio
from firmware_bridge.decide import judge_windows
from firmware_bridge.rhythm import find_rhythm
from firmware_bridge.screen import Screener

WITHIN_BPM = 5.0
NEEDED_SHARE = 0.99
Rates = Callable[[str], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def rates(data_dir: Path) -> Rates:
    """Rates `(windows,)`, NaN where the default recipe gives none, and dead shares, by name."""
    engine, rules = WindowFacts(), window_rules(load_recipe())

    def find(name: str) -> tuple[np.ndarray, np.ndarray]:
        audio = read_audio(data_dir / "doppler" / f"{name}.wav")
        outputs = engine.measure(audio.windows())
        judged = judge_windows(outputs, find_rhythm(outputs), audio.clipped_share, rules)
        return judged.bpm, outputs.dead_share

    return find


@pytest.fixture(scope="module")
def reference(data_dir: Path) -> np.ndarray:
    """The device's own rate, median of each window `(160,)`; NaN where it found none."""
    with (data_dir / "doppler" / "luna_600s_reference_fhr.csv").open(encoding="utf-8") as file:
        rows = [(float(row["t_audio_s"]), float(row["fhr_bpm"])) for row in csv.DictReader(file)]
    time, bpm = np.array(rows).T
    window = np.floor(time / WINDOW_S)
    inside = [bpm[(window == index) & (bpm > 50)] for index in range(160)]
    return np.array([np.median(values) if len(values) else np.nan for values in inside])


def test_ten_minutes_beside_the_reference_of_the_device(
    rates: Rates, reference: np.ndarray
) -> None:
    """A window without a rate counts as a miss."""
    found, dead = rates("luna_600s")
    live = (dead <= 0.3) & np.isfinite(reference)
    assert live.sum() > 140
    near = np.abs(found - reference)[live] <= WITHIN_BPM  # NaN is not near
    missed = np.flatnonzero(live)[~near] * WINDOW_S
    assert near.mean() >= NEEDED_SHARE, f"{near.mean():.4f}, missed at {missed.tolist()} s"


def test_dead_spans_get_no_rate(rates: Rates) -> None:
    found, _ = rates("luna_600s")
    start = np.arange(len(found)) * WINDOW_S
    for first, last in ((98, 100), (260, 280)):
        overlaps = (start < last) & (start + WINDOW_S > first)
        assert overlaps.any()
        assert np.isnan(found[overlaps]).all()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("quality_good", 145, 151), ("autofhr_1", 149, 155), ("quality_poor", 139, 153)],
)
def test_clips_of_known_rate(name: str, low: float, high: float, rates: Rates) -> None:
    (bpm,), _ = rates(name)
    assert low <= bpm <= high


def test_silent_clip_gets_no_rate(rates: Rates) -> None:
    (bpm,), _ = rates("quality_silent")
    assert np.isnan(bpm)


def test_the_device_gives_the_same_numbers(rates: Rates, data_dir: Path) -> None:
    """The shipped bundle's graph and the torch front end, then the very same rhythm code."""
    found, _ = rates("luna_600s")
    result = Screener.load().screen_file(data_dir / "doppler" / "luna_600s.wav").to_json()
    device = [window["heart_rate_bpm"] for window in result["windows"]]
    shown = np.array([np.nan if bpm is None else bpm for bpm in device])
    np.testing.assert_array_equal(np.isnan(shown), np.isnan(found))
    assert np.nanmax(np.abs(shown - found)) <= 0.06  # shown with one decimal
