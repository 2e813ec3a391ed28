"""Pictures of an explanation, and words that call a map that survives what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fetal_hemo.explain.explanation import Explanation
from fetal_hemo.explain.hearing import Heard, Weighed
from fetal_hemo.explain.inside_beat import PHASES, InsideBeat
from fetal_hemo.explain.occlusion import BANDS_HZ
from fetal_hemo.explain.sanity import Sanity
from fetal_hemo.report.explanation_plot import explanation_plots, explanation_texts

BANDS = len(BANDS_HZ)
FOUND = Explanation(
    heard=Heard(np.zeros((2, 3, 4), np.float32), np.full((2, 2, 125), 1 / 125, np.float32)),
    weighed=Weighed(0.0, np.array([0.2, 0.8], np.float32), np.full((2, 3), 1 / 3, np.float32)),
    inside=InsideBeat(np.ones((2, PHASES)), np.ones(PHASES), 7),
    window=1,
    beats_s=(4.0, 4.5, 5.0),
    beat_falls=np.array([0.1, -0.2, 0.3]),
    beat_sanity=Sanity(None, np.zeros((5, 3))),
    band_falls=np.linspace(-0.1, 0.4, BANDS),
    band_sanity=Sanity(0.1, np.zeros((5, BANDS))),
)
WINDOW = np.random.default_rng(0).normal(size=15_000).astype(np.float32)


def test_three_pictures_or_two_without_neighbouring_beats() -> None:
    plots = explanation_plots(FOUND, WINDOW)
    assert len(plots) == 3
    assert all(plot.startswith("<svg") for plot in plots)
    assert "-0.2 to +0.3 without one" in plots[0]
    assert "900 to 1500 Hz +0.4" in plots[2]
    silent = replace(FOUND, inside=None, beats_s=(), beat_falls=np.zeros(0))
    assert len(explanation_plots(silent, WINDOW)) == 2


def test_a_map_that_survives_random_weights_is_not_to_be_believed() -> None:
    text = " ".join(explanation_texts(FOUND))
    assert "is destroyed by randomised weights (mean rank correlation +0.10" in text
    assert "the sanity check is not available" in text
    assert "time-frequency 33 %" in text
    for correlation in (0.9, -0.9):
        survived = replace(FOUND, band_sanity=Sanity(correlation, np.zeros((5, BANDS))))
        assert "SURVIVES (do not believe it)" in " ".join(explanation_texts(survived))
