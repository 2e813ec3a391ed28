"""The word a person most likely meant."""

from __future__ import annotations

from fetal_hemo.suggestion import suggestion


def test_the_nearest_word_is_suggested_whatever_the_capitals() -> None:
    assert suggestion("Epoch", ["epochs", "seed"]) == 'did you mean "epochs"?'


def test_without_a_near_word_all_are_listed() -> None:
    assert suggestion("zzz", ["epochs", "seed"]) == "known: epochs, seed"
