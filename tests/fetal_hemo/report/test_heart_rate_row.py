"""The heart-rate row: dots where there are rates, as opaque as they are certain."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from fetal_hemo.report.heart_rate_row import FAINTEST, draw_heart_rate, legend_text


def test_dots_are_rates_and_their_opacity_is_the_confidence(make_result) -> None:
    windows = [("good", 140.0, 0.9), ("talking", None, 0.8), ("poor", 205.0, 0.04)]
    axes = Figure().subplots()
    draw_heart_rate(axes, make_result(windows)["windows"], {})
    (dots,) = [found for found in axes.collections if len(found.get_offsets()) == 2]
    assert dots.get_offsets().tolist() == [[1.875, 140.0], [9.375, 205.0]]
    assert dots.get_facecolors()[:, 3].tolist() == pytest.approx([0.9, FAINTEST])
    assert axes.get_ylim()[1] >= 205


def test_events_and_baseline_are_drawn_where_they_are(make_result) -> None:
    event = {"start_s": 10.0, "end_s": 30.0, "peak_bpm": 165.0}
    found = {"baseline_bpm": 137.0, "accelerations": [event], "decelerations": []}
    axes = Figure().subplots()
    draw_heart_rate(axes, make_result([("good", 140.0, 0.9)] * 9)["windows"], found)
    assert any(list(line.get_ydata()) == [137.0, 137.0] for line in axes.lines)
    assert any(list(line.get_xdata()) == [20.0] for line in axes.lines)
    assert any(patch.get_x() == 10.0 and patch.get_width() == 20.0 for patch in axes.patches)
    assert legend_text(found).endswith("dashed: baseline 137 bpm; green: acceleration")


def test_nothing_found_is_said(make_result) -> None:
    axes = Figure().subplots()
    draw_heart_rate(axes, make_result([("silent", None, 0.0)])["windows"], {})
    assert "no heart rate was found" in [text.get_text() for text in axes.texts]
    assert legend_text({}) == "a dot is one 3.75 s window; the darker, the more certain"
