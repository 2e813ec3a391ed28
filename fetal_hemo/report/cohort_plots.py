"""Pictures of a cohort before any training: pressures, gestational age, gaps, and the audio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.recordings.audit.facts import AudioFacts
from fetal_hemo.recordings.bp import class_of
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.report.figure import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    new_figure,
    styled,
    to_svg,
)
from fetal_hemo.settings import Labels

COLOURS = dict(zip(BP_CLASSES, (BLUE, GREEN, ORANGE, PINK), strict=True))
MARKERS = dict(zip(BP_CLASSES, ("o", "^", "s", "D"), strict=True))  # also told apart in grey
MANY_POINTS = 2_000  # more are drawn as one image: the page stays small
WIDTH_IN = 4.6  # words stay readable when a phone shrinks the picture


def pressure_plot(visits: Sequence[Recording], labels: Labels) -> str | None:
    """SVG of diastolic over systolic pressure, one point a visit, with the thresholds."""
    read = [v for v in visits if class_of(v, labels) is not None]
    if not read:
        return None
    with styled():
        figure = new_figure(WIDTH_IN, 3.8)
        axes = figure.add_subplot()
        for index, name in enumerate(BP_CLASSES):
            its = [v for v in read if class_of(v, labels) == index]
            axes.plot(
                [v.sbp_mmhg or 0 for v in its],
                [v.dbp_mmhg or 0 for v in its],
                MARKERS[name],
                color=COLOURS[name],
                markersize=4,
                alpha=0.6,
                markeredgewidth=0,
                label=f"{name} ({len(its)})",
                rasterized=len(read) > MANY_POINTS,
            )
        for name in BP_CLASSES[1:]:
            systolic, diastolic = getattr(labels, name)
            axes.axvline(systolic, color=GREY, linewidth=0.7, linestyle=":")
            axes.axhline(diastolic, color=GREY, linewidth=0.7, linestyle=":")
        axes.set(xlabel="systolic (mmHg)", ylabel="diastolic (mmHg)")
        axes.legend(loc="upper left", fontsize=8)
        return to_svg(figure, f"Blood pressures of {len(read)} visits with the class thresholds.")


def age_plot(visits: Sequence[Recording], labels: Labels) -> str | None:
    """SVG of gestational age in weeks, one row of points and a median for each class."""
    rows = []
    for index, name in enumerate(BP_CLASSES):
        its = [v for v in visits if class_of(v, labels) == index]
        rows.append((name, [v.gestational_age_days / 7 for v in its if v.gestational_age_days]))
    rows = [(name, weeks) for name, weeks in rows if weeks]
    if not rows:
        return None
    with styled():
        figure = new_figure(WIDTH_IN, 0.9 + 0.55 * len(rows))
        axes = figure.add_subplot()
        rng = np.random.default_rng(0)
        for place, (name, weeks) in enumerate(rows):
            height = place + rng.uniform(-0.25, 0.25, len(weeks))
            many = len(weeks) > MANY_POINTS
            axes.plot(
                weeks, height, MARKERS[name], color=COLOURS[name], markersize=3, alpha=0.5,
                markeredgewidth=0, rasterized=many,
            )  # fmt: skip
            axes.plot([np.median(weeks)] * 2, [place - 0.35, place + 0.35], color="black")
        axes.set_yticks(range(len(rows)), [f"{name} ({len(weeks)})" for name, weeks in rows])
        axes.set(xlabel="gestational age (weeks; line: median)", ylim=(len(rows) - 0.5, -0.5))
        told = "; ".join(f"{name} median {np.median(weeks):.1f}" for name, weeks in rows)
        return to_svg(figure, f"Gestational age in weeks by class: {told}.")


def missing_plot(missing: Mapping[str, float]) -> str | None:
    """SVG of bars, the share of rows without a value for each column that lacks any."""
    rows = [(column, share) for column, share in missing.items() if share > 0]
    if not rows:
        return None
    with styled():
        figure = new_figure(WIDTH_IN, 0.7 + 0.26 * len(rows))
        axes = figure.add_subplot()
        axes.barh(range(len(rows)), [100 * share for _, share in rows], color=BLUE, height=0.6)
        axes.set_yticks(range(len(rows)), [column for column, _ in rows])
        axes.set(xlabel="rows without a value (%)", xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
        told = "; ".join(f"{column} {share:.0%}" for column, share in rows)
        return to_svg(figure, f"Missing values: {told}.")


def audio_plot(facts: Sequence[AudioFacts]) -> str | None:
    """SVG of four histograms of recordings: length, level, bandwidth, digital silence."""
    if not facts:
        return None
    measures = (
        ("length (min)", [f.duration_s / 60 for f in facts]),
        ("level (dBFS)", [f.level_dbfs for f in facts]),
        ("95 % of power below (Hz)", [f.bandwidth_hz for f in facts]),
        ("digital silence (%)", [100 * f.dead_share for f in facts]),
    )
    with styled():
        figure = new_figure(WIDTH_IN, 3.6)
        for axes, (name, values) in zip(figure.subplots(2, 2).flat, measures, strict=True):
            axes.hist(values, bins=20, color=BLUE)
            axes.set(xlabel=name, ylabel="recordings")
        lengths = measures[0][1]
        told = f"length {min(lengths):.1f} to {max(lengths):.1f} min"
        return to_svg(figure, f"Length, level, bandwidth and silence of recordings: {told}.")
