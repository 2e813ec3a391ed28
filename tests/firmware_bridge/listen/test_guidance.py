"""The sentence under the bar."""

from __future__ import annotations

import pytest

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.feedback import Feedback
from firmware_bridge.listen import guidance
from firmware_bridge.messages import LANGUAGES

ENDS = ("steady", "time", "source", "silence", "stopped", "fault")


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


def test_the_person_with_the_probe_is_told_in_her_language() -> None:
    assert guidance.advice(now("good", 0.9), 39.2, False, "es") == (
        "manténgala ahí: faltan 40 s de buena señal"
    )
    assert guidance.ending("silence", 0.0, "es") == "ya no llega sonido"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_quality_and_end(language: str) -> None:
    said = {guidance.advice(now(quality, 0.1), 5, False, language) for quality in QUALITY_CLASSES}
    assert len(said) == len(guidance.CURABLE) + 1
    ends = {guidance.ending(why, 5, language) for why in ENDS}
    assert len(ends) == len(ENDS)
