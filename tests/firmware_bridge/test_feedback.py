"""What is said of one window, by the rules of a recording."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.feedback import feedback
from firmware_bridge.runtime import WindowRunner
from firmware_bridge.screen import Screener


@pytest.fixture(scope="module")
def window() -> np.ndarray:
    """Noise in beats at 140 bpm for 3.75 s, `(1, 15000)`."""
    time = np.arange(15_000) / 4_000
    level = np.exp(-0.5 * (((time * 140 / 60) % 1.0 - 0.5) / 0.06) ** 2)
    noise = np.random.default_rng(0).standard_normal(len(time))
    return (0.1 * (level + 0.05) * noise).astype(np.float32)[None]


def test_values_are_those_of_the_window_graph(screener: Screener, window: np.ndarray) -> None:
    outputs = WindowRunner(screener.bundle).run(window)
    value = feedback(outputs, 4.0, screener.bundle.manifest)
    assert value.end_s == 4.0
    assert value.quality == QUALITY_CLASSES[int(outputs.quality[0].argmax())]
    assert value.probability == float(outputs.quality[0].max())
    good, poor = outputs.quality[0, :2]
    assert value.good_signal == pytest.approx(float(good + 0.5 * poor), abs=1e-6)


def test_the_rate_is_close_to_that_of_a_recording_of_this_window(
    screener: Screener, window: np.ndarray
) -> None:
    value = feedback(screener.windows.run(window), 3.75, screener.bundle.manifest)
    result = screener.screen(window[0], 4_000)
    expected = result.to_json()["windows"][0]["heart_rate_bpm"]
    assert value.heart_rate_bpm == pytest.approx(expected, abs=1.0)
    assert value.heart_rate_bpm == pytest.approx(140, abs=2)


def test_silence_has_no_heart_rate(screener: Screener) -> None:
    outputs = screener.windows.run(np.zeros((1, 15_000), np.float32))
    assert feedback(outputs, 3.75, screener.bundle.manifest).heart_rate_bpm is None
