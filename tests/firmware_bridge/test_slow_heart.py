"""A heart that falls below the fetal range and stays is told of, though not given as fetal."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.messages import LANGUAGES, slow_rhythm
from firmware_bridge.screen import Screener
from tests.firmware_bridge.test_fast_heart import RATE_HZ, heart


@pytest.fixture(scope="module")
def shipped() -> Screener:
    return Screener.load()


@pytest.mark.parametrize("bpm", [95.0, 75.0])
def test_a_fall_that_stays(shipped: Screener, bpm: float) -> None:
    found = shipped.screen(np.concatenate([heart(140.0), heart(bpm, 1)]), RATE_HZ).to_json()
    assert found["outcome"] == "screened"
    assert found["heart_rate"]["mean_bpm"] == pytest.approx(140, abs=2)
    assert 50 <= found["heart_rate"]["slow_rhythm_s"] <= 60
    assert "below 110 a minute" in found["sentence"]
    assert found["sentence"].endswith("feel the mother's pulse.")


def test_a_usual_heart_and_a_mother_who_is_named_already(shipped: Screener) -> None:
    usual = shipped.screen(heart(140.0), RATE_HZ).to_json()
    assert usual["heart_rate"]["slow_rhythm_s"] == 0.0
    assert "mother" not in usual["sentence"]
    slow = shipped.screen(heart(80.0), RATE_HZ).to_json()
    assert slow["heart_rate"]["slow_rhythm_s"] > 30
    assert slow["sentence"].count("mother's pulse") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_few_seconds_are_not_told(language: str) -> None:
    assert slow_rhythm(11.25, (), language) == slow_rhythm(None, (), language) == ""
    assert "110" in slow_rhythm(15.0, ("A-LITTLE-SIGNAL",), language)
    assert slow_rhythm(60.0, ("A-MATERNAL-PULSE",), language) == ""
