"""A strip: the beats, rates and times of its own stretch and of no other."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from fetal_hemo.report.recording_picture import WIDE
from fetal_hemo.report.stretches import Stretch
from fetal_hemo.report.strip_picture import draw_strip, strip_legend

WINDOWS = [("good", 140.0, 0.9)] * 2 + [("poor", 151.0, 0.5), ("talking", None, 0.1)]


def test_what_is_drawn_belongs_to_the_stretch(make_result, beating) -> None:
    beats = [0.5, 7.49, 7.5, 9.0, 14.9, 15.0]
    result, figure = make_result(WINDOWS, beats_s=beats), Figure()
    draw_strip(figure, beating(4), result, Stretch("Clearest", 2, 2), WIDE)
    wave, picture = figure.axes
    (ticks,) = [found for found in wave.collections if isinstance(found, LineCollection)]
    assert [segment[0, 0] for segment in ticks.get_segments()] == [7.5, 9.0, 14.9]
    assert [text.get_text() for text in wave.texts] == ["151 bpm\npoor", "no rate\ntalking"]
    assert picture.get_xlim() == (7.5, 15.0)
    assert wave.get_title(loc="left") + wave.get_title() == "Clearest: 0:07.5 to 0:15"
    envelope = wave.lines[0]
    assert 7.5 <= min(envelope.get_xdata()) < max(envelope.get_xdata()) <= 15.0
    assert np.max(envelope.get_ydata()) == 1.0


def test_the_legend_names_beats_only_if_there_are_any(make_result) -> None:
    assert "beats" not in strip_legend(make_result(WINDOWS))
    assert "orange ticks" in strip_legend(make_result(WINDOWS, beats_s=[]))
