"""Variation of hand-made rhythms whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.variability import (
    long_term_variation_ms,
    mean_bpm,
    short_term_variation_ms,
)


def rhythm(*intervals_ms: float) -> np.ndarray:
    return 60_000 / np.array(intervals_ms)


def test_alternating_intervals() -> None:
    bpm = rhythm(*[400, 410] * 16)
    assert short_term_variation_ms(bpm) == pytest.approx(10)
    assert long_term_variation_ms(bpm) == pytest.approx(10)


def test_minutes_are_averaged() -> None:
    bpm = rhythm(*np.linspace(400, 430, 16), *np.linspace(400, 450, 16))
    assert long_term_variation_ms(bpm) == pytest.approx(40)


def test_gaps_are_not_bridged() -> None:
    bpm = rhythm(*[400] * 10, *[500] * 10)
    bpm[9] = np.nan
    assert short_term_variation_ms(bpm) == pytest.approx(0)


def test_minute_with_too_few_epochs_does_not_count() -> None:
    bpm = rhythm(*np.linspace(400, 430, 16), *[100, 900] * 8)
    bpm[16 + 7 :] = np.nan
    assert long_term_variation_ms(bpm) == pytest.approx(30)


def test_nothing_to_compute() -> None:
    for bpm in (np.full(40, np.nan), np.zeros(0), rhythm(400)):
        assert short_term_variation_ms(bpm) is None
        assert long_term_variation_ms(bpm) is None
    assert mean_bpm(np.full(3, np.nan)) is None
    assert mean_bpm(np.array([140, np.nan, 150])) == pytest.approx(145)
