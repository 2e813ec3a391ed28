"""Amplitude patterns switch from beat to beat and vary as much as published."""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.patterns import PATTERNS, amplitudes


def test_there_are_six_patterns_of_seven_events() -> None:
    assert PATTERNS.shape == (6, 7)
    assert (PATTERNS > 0).all()


def test_loudness_varies_from_beat_to_beat_by_a_fifth_to_one() -> None:
    for seed in range(20):
        loud = amplitudes(300, 30.0, np.random.default_rng(seed)).max(axis=1)
        assert 0.15 < loud.std() / loud.mean() < 1.1  # published: 0.23-0.90


def test_early_and_late_pregnancy_favour_other_lobes() -> None:
    means = []
    for weeks in (18.0, 40.0):
        drawn = [amplitudes(50, weeks, np.random.default_rng(s)).mean(axis=0) for s in range(300)]
        means.append(np.mean(drawn, axis=0))
    assert means[1][2] > 1.2 * means[0][2]  # early filling grows towards term
