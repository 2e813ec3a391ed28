"""Live feedback: the same whatever the blocks, the rules of a recording, and no growth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.bundle import Bundle
from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.feedback import STEP_SAMPLES, Feedback, LiveFeedback
from firmware_bridge.runtime import WindowRunner

STEPS = 6


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Noise in beats at 140 bpm, for 3.75 s and some steps more."""
    rng = np.random.default_rng(0)
    time = np.arange(15_000 + STEPS * STEP_SAMPLES + 137) / 4_000
    level = np.exp(-0.5 * (((time * 140 / 60) % 1.0 - 0.5) / 0.06) ** 2)
    return (0.1 * (level + 0.05) * rng.standard_normal(len(time))).astype(np.float32)


@pytest.fixture(scope="module")
def whole(bundle: Bundle, sound: np.ndarray) -> list[Feedback]:
    """The feedback when the sound comes in one piece."""
    return LiveFeedback(bundle).push(sound)


def test_one_value_a_quarter_of_a_second(whole: list[Feedback]) -> None:
    assert [value.end_s for value in whole] == [3.75 + 0.25 * i for i in range(STEPS + 1)]
    for value in whole:
        assert value.quality in QUALITY_CLASSES
        assert 1 / len(QUALITY_CLASSES) <= value.probability <= 1
        assert 0 <= value.good_signal <= 1


def test_values_are_those_of_the_window_graph(
    bundle: Bundle, sound: np.ndarray, whole: list[Feedback]
) -> None:
    outputs = WindowRunner(bundle).run(sound[None, 3_000:18_000])
    assert whole[3].probability == pytest.approx(float(outputs.quality[0].max()), abs=1e-6)
    assert whole[3].quality == QUALITY_CLASSES[int(outputs.quality[0].argmax())]
    good, poor = outputs.quality[0, :2]
    assert whole[3].good_signal == pytest.approx(float(good + 0.5 * poor), abs=1e-6)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.integers(0, 15_000 + STEPS * STEP_SAMPLES + 137), max_size=30))
def test_blocks_do_not_matter(
    cuts: list[int], bundle: Bundle, sound: np.ndarray, whole: list[Feedback]
) -> None:
    live = LiveFeedback(bundle)
    found = [value for piece in np.split(sound, sorted(cuts)) for value in live.push(piece)]
    assert found == whole


def test_nothing_is_said_before_a_whole_window(bundle: Bundle, sound: np.ndarray) -> None:
    live = LiveFeedback(bundle)
    assert live.push(sound[:14_999]) == []
    assert [value.end_s for value in live.push(sound[14_999:15_000])] == [3.75]


def test_silence_has_no_heart_rate(bundle: Bundle) -> None:
    (value,) = LiveFeedback(bundle).push(np.zeros(15_000, np.float32))
    assert value.heart_rate_bpm is None


def test_memory_does_not_grow(bundle: Bundle, sound: np.ndarray) -> None:
    live = LiveFeedback(bundle)
    for _ in range(3):
        live.push(sound)
        assert len(live._recent) < 15_000


def test_numbers_that_are_none_are_refused(bundle: Bundle) -> None:
    with pytest.raises(FetalHemoError, match="E-NOT-FINITE"):
        LiveFeedback(bundle).push(np.array([0.0, np.nan], np.float32))
