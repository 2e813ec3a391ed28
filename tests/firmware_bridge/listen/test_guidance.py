"""The sentence under the bar."""

from __future__ import annotations

import pytest

from firmware_bridge.feedback import Feedback
from firmware_bridge.listen import guidance


def now(quality: str, good: float) -> Feedback:
    return Feedback(4.0, quality, 0.9, good, None)


@pytest.mark.parametrize(
    ("quality", "good", "expected"),
    [
        ("good", 0.9, "hold it there: 40 s more of good signal needed"),
        ("no_fetal_signal", 0.1, "move the probe: 40 s more of good signal needed"),
        ("talking", 0.2, "quiet, please: 40 s more of good signal needed"),
        ("poor", 0.3, "move the probe: 40 s more of good signal needed"),
    ],
)
def test_what_to_do_and_what_is_missing(quality: str, good: float, expected: str) -> None:
    assert guidance.advice(now(quality, good), 39.2, gap=False) == expected


def test_lost_sound_comes_before_all() -> None:
    assert guidance.advice(now("silent", 0.0), 10, gap=True).startswith("sound is lost on the way")


def test_endings() -> None:
    assert guidance.ending("source", 30.0) == "the sound has ended; 30 s more of good signal needed"
    assert guidance.ending("steady", 0.0) == "enough was heard"
