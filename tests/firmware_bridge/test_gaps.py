"""A window that lost samples has no say: no rate, not usable, silent."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.gaps import silence_gaps
from firmware_bridge.result import Refused
from firmware_bridge.runtime import WindowRunner
from firmware_bridge.screen import Screener

WINDOW = 15_000


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Five windows of noise that beats 140 times a minute."""
    time = np.arange(5 * WINDOW) / 4_000
    loudness = 0.05 + np.exp(-(((time * 140 / 60) % 1.0 - 0.3) ** 2) / 0.01)
    noise = np.random.default_rng(4).normal(size=time.size)
    return (3_000 * noise * loudness).astype(np.int16)


@pytest.mark.parametrize("length", [1, 100, 4_000])
def test_one_lost_frame_takes_its_window_out(
    screener: Screener, sound: np.ndarray, length: int
) -> None:
    lost = np.zeros(len(sound), bool)
    lost[2 * WINDOW + 5_000 : 2 * WINDOW + 5_000 + length] = True
    concealed = np.where(lost, 0, sound).astype(np.int16)
    result = screener.screen(concealed, 4_000, lost)
    assert not isinstance(result, Refused)
    window = result.evidence.windows[2]
    assert (window.quality, window.heart_rate_bpm, window.usable) == ("silent", None, False)
    assert window.dead_share == 1.0
    beats = np.array(result.evidence.beats_s)
    assert not ((beats >= 7.5) & (beats < 11.25)).any()
    others = [w for i, w in enumerate(result.evidence.windows) if i != 2]
    assert all(w.heart_rate_bpm == pytest.approx(140, abs=3) for w in others)


def test_nothing_lost_changes_nothing(screener: Screener, sound: np.ndarray) -> None:
    whole, flagged = (
        screener.screen(sound, 4_000, lost).to_json() for lost in (None, np.zeros(len(sound), bool))
    )
    assert {**whole, "timing_s": 0} == {**flagged, "timing_s": 0}


def test_outputs_of_other_windows_are_untouched(screener: Screener, sound: np.ndarray) -> None:
    windows = (sound.reshape(5, WINDOW) / 32_768).astype(np.float32)
    outputs = WindowRunner(screener.bundle).run(windows)
    marked = silence_gaps(outputs, np.array([0, 0, 0.001, 0, 0]))
    assert marked.quality[2].argmax() == QUALITY_CLASSES.index("silent")
    assert marked.quality.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    for before, after in zip(outputs, marked, strict=True):
        assert np.array_equal(np.delete(before, 2, 0), np.delete(after, 2, 0))
