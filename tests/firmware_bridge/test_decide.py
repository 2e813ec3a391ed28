"""Rules on made-up outputs: rates, usable windows, reasons, probability."""

from __future__ import annotations

import math

import numpy as np
import pytest

from firmware_bridge import decide
from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.rhythm import Rhythm
from firmware_bridge.rhythm.lags import LAGS_S
from firmware_bridge.runtime import WindowOutputs

MANIFEST = {
    "positive_classes": ["hypertensive", "severe"],
    "heart_rate": {
        "min_confidence": {
            "good": 0.2,
            "poor": 0.2,
            "interference": 0.3,
            "talking": 0.5,
            "silent": 2.0,
            "no_fetal_signal": 2.0,
            "clipped": 0.3,
        },
        "max_dead_share": 0.3,
    },
    "decision": {
        "usable_quality": ["good", "poor"],
        "max_dead_share": 0.1,
        "min_usable_windows": 8,
        "threshold": 0.25,
    },
    "calibration": {"slope": 2.0, "intercept": -1.0},
}


def outputs(*names: str, dead: float = 0.0) -> WindowOutputs:
    count = len(names)
    quality = np.eye(len(QUALITY_CLASSES))[[QUALITY_CLASSES.index(name) for name in names]]
    alone = (np.full(count, 140.0), np.full(count, 0.6), np.full(count, dead))
    curves = (np.zeros((count, len(LAGS_S))), np.zeros((count, 6, 375)))
    return WindowOutputs(np.zeros((count, 3, 4)), quality, *alone, *curves)


def judged(
    *names: str,
    clipped: float = 0.0,
    confidence: float = 0.6,
    bpm: float = 140.0,
    dead: float = 0.0,
) -> decide.WindowJudgement:
    count = len(names)
    rhythm = Rhythm(np.full(count, bpm), np.full(count, confidence), np.zeros(0))
    found = outputs(*names, dead=dead)
    return decide.judge_windows(found, rhythm, np.full(count, clipped), MANIFEST)


def reasons(*names: str, clipped: float = 0.0, **more: float) -> tuple[str, ...]:
    return decide.reasons_to_abstain(judged(*names, clipped=clipped, **more), MANIFEST)


def test_confidence_needed_depends_on_quality() -> None:
    rates = judged("good", "interference", "talking", "silent", confidence=0.4).bpm
    assert np.isfinite(rates).tolist() == [True, True, False, False]


def test_a_window_is_disturbed_only_if_that_is_likelier_than_good_and_poor_together() -> None:
    found = outputs("interference", "interference")
    shares = {"good": 0.1, "poor": 0.3, "interference": 0.33, "no_fetal_signal": 0.27}
    found.quality[0] = [shares.get(name, 0.0) for name in QUALITY_CLASSES]
    rhythm = Rhythm(np.full(2, 140.0), np.full(2, 0.25), np.zeros(0))
    windows = decide.judge_windows(found, rhythm, np.zeros(2), MANIFEST)
    assert np.isfinite(windows.bpm).tolist() == [True, False]  # 0.2 is enough for poor, not 0.3
    assert windows.quality.tolist() == [QUALITY_CLASSES.index("interference")] * 2
    assert not windows.usable.any()


def test_dead_window_has_no_rate_and_is_not_usable() -> None:
    assert np.isnan(judged("good", dead=0.31).bpm).all()
    half = judged("good", dead=0.2)
    assert np.isfinite(half.bpm).all()
    assert not half.usable.any()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["good"] * 8, ()),
        (["good"] * 7, ("A-LITTLE-SIGNAL",)),
        (["silent"], ("A-SILENT", "A-LITTLE-SIGNAL", "A-NO-HEARTBEAT")),
        (["talking"], ("A-TALKING", "A-LITTLE-SIGNAL")),
        (["no_fetal_signal"], ("A-NO-FETAL-SIGNAL", "A-LITTLE-SIGNAL", "A-NO-HEARTBEAT")),
        (["clipped"], ("A-CLIPPED", "A-LITTLE-SIGNAL")),
        (["interference"] * 5 + ["good"] * 4, ("A-INTERFERENCE", "A-LITTLE-SIGNAL")),
        (["talking"] * 4 + ["good"] * 4, ("A-LITTLE-SIGNAL",)),
        (["talking"] * 20 + ["poor"] * 8, ()),
    ],
)
def test_reasons(names: list[str], expected: tuple[str, ...]) -> None:
    assert reasons(*names) == expected


def test_clipped_recording_abstains() -> None:
    assert reasons(*["good"] * 20, clipped=0.3) == ("A-CLIPPED", "A-LITTLE-SIGNAL")
    assert reasons(*["good"] * 20, clipped=0.01) == ()


def test_slow_pulse_throughout_is_not_given_as_fetal() -> None:
    found = judged(*["good"] * 20, bpm=97.0)
    assert np.isnan(found.bpm).all()
    assert not found.usable.any()
    assert "A-MATERNAL-PULSE" in reasons(*["good"] * 20, bpm=97.0)


def test_variation_looks_at_good_and_poor_windows_only() -> None:
    found = judged("good", "interference", "poor", confidence=0.95)
    assert np.isfinite(found.bpm).tolist() == [True, True, True]
    assert np.isfinite(found.clear_bpm).tolist() == [True, False, True]


def test_recording_without_a_rate_abstains() -> None:
    assert reasons(*["good"] * 20, confidence=0.1) == ("A-NO-HEARTBEAT",)


def test_probability_by_hand() -> None:
    logits = np.array([1.0, 0.5, -0.2, -1.0])
    odds = (math.exp(-0.2) + math.exp(-1.0)) / (math.exp(1.0) + math.exp(0.5))
    expected = 1 / (1 + math.exp(-(2.0 * math.log(odds) - 1.0)))
    assert decide.calibrated_probability(logits, MANIFEST) == pytest.approx(expected)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_extreme_logits_give_a_probability(size: float) -> None:
    found = decide.calibrated_probability(np.array([0, 0, 0, size], np.float32), MANIFEST)
    assert 0 <= found <= 1


def test_threshold_itself_is_above() -> None:
    assert decide.band(0.25, MANIFEST) == "above threshold"
    assert decide.band(0.2499, MANIFEST) == "below threshold"


def test_best_span_has_the_most_usable_windows() -> None:
    usable = np.array([1, 0, 0, 1, 1, 0, 1, 1, 1, 0], bool)
    assert decide.best_span(usable, 3) == slice(6, 9)
    assert decide.best_span(usable, 20) == slice(0, 10)
    assert decide.best_span(np.ones(10, bool), 3) == slice(0, 3)
