"""The stretches that are shown from near, and how times are written."""

from __future__ import annotations

import pytest

from fetal_hemo.report.stretches import Stretch, clock, stretches

GOOD, POOR = ("good", 140.0, 0.9), ("poor", 140.0, 0.3)
TALKING, SILENT = ("talking", None, 0.1), ("silent", None, 0.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (3.75, "0:03.75"), (63.5, "1:03.5"), (600, "10:00"), (3_599.25, "59:59.25")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_best_and_worst(make_result) -> None:
    windows = make_result([SILENT] * 5 + [POOR] * 4 + [GOOD] * 4 + [POOR] * 3 + [TALKING] * 4)
    best, worst = stretches(windows["windows"])
    assert (best.first, best.count) == (9, 4)
    assert (worst.first, worst.count) == (16, 4)  # not the silence
    assert best.title == "Clearest stretch: 0:33.75 to 0:48.75"


def test_silence_alone_is_shown_once(make_result) -> None:
    assert len(stretches(make_result([SILENT] * 9)["windows"])) == 1


@pytest.mark.parametrize("count", [1, 4])
def test_a_short_recording_is_shown_whole(make_result, count: int) -> None:
    (whole,) = stretches(make_result([GOOD] * count)["windows"])
    assert (whole.start_s, whole.end_s) == (0, 3.75 * count)


def test_no_windows_no_stretches() -> None:
    assert stretches([]) == []


def test_parts_cover_the_stretch() -> None:
    parts = Stretch("a", 3, 5).parts(2)
    assert [(part.first, part.count) for part in parts] == [(3, 2), (5, 2), (7, 1)]
