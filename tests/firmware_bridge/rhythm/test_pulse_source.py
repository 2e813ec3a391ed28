"""Rhythms told apart by hand."""

from __future__ import annotations

import numpy as np

from firmware_bridge.rhythm.pulse_source import may_be_maternal

NONE = np.nan


def flags(*bpm: float) -> list[bool]:
    return may_be_maternal(np.array(bpm)).tolist()


def test_slow_rhythm_through_a_recording() -> None:
    assert flags(*[97.0] * 6) == [True] * 6


def test_fetal_rates() -> None:
    assert flags(144, 139, 131, 150) == [False] * 4


def test_deceleration_belongs_to_its_fetus() -> None:
    assert flags(140, 138, 125, 112, 100, 95, 102, 115, 128, 139) == [False] * 10


def test_pulse_that_breaks_in_is_not_the_fetus() -> None:
    assert flags(140, 141, 88, 87, 89, 140, 139) == [False] * 2 + [True] * 3 + [False] * 2


def test_gap_without_a_rate_is_bridged_only_for_a_while() -> None:
    assert flags(125, 121, NONE, NONE, 108, 107) == [False] * 6
    assert flags(112, 111, *[NONE] * 5, 108, 107)[-2:] == [True, True]


def test_nothing() -> None:
    assert flags() == []
    assert flags(NONE, NONE) == [False, False]
