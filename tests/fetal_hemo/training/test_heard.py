"""Histograms of what a cohort sounds like, against counting by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fetal_hemo.training.heard import heard


def test_counts_windows_and_recordings(surveyed: Any) -> None:
    visit = surveyed.found.visits[0]
    loud = dataclasses.replace(
        visit, windows=30, quality_shares=(1.0, 0, 0, 0, 0, 0, 0), mean_bpm=145.0
    )
    silent = dataclasses.replace(
        visit, windows=10, quality_shares=(0.0, 0, 0, 0, 1.0, 0, 0), mean_bpm=None
    )
    told = heard([loud] * 3, [silent], uncertain_share=1 / 3)
    assert told["recordings"] == 4
    assert told["outcome"] == pytest.approx([0.5, 0.5])
    assert told["quality"] == pytest.approx([0.9, 0, 0, 0, 0.1, 0, 0])
    assert told["rate"] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_of_a_cohort(surveyed: Any) -> None:
    told = heard(surveyed.found.visits, surveyed.found.unusable, 0.0)
    assert sum(told["quality"]) == pytest.approx(1.0)
    assert sum(told["rate"]) == pytest.approx(1.0)
    recordings = len(surveyed.found.visits) + len(surveyed.found.unusable)
    assert told["recordings"] == recordings
    assert len(surveyed.found.unusable) <= len(surveyed.found.passed_over)
