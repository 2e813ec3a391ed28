"""A screened recording as one HTML page for a screen, a phone and paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from fetal_hemo.report.figure import new_figure, styled, to_svg
from fetal_hemo.report.heart_rate_row import legend_text
from fetal_hemo.report.limits_words import Limits
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.recording_picture import NARROW, WIDE, Layout, draw_overview, told
from fetal_hemo.report.recording_rows import quality_name
from fetal_hemo.report.scalogram import see
from fetal_hemo.report.stretches import clock, stretches
from fetal_hemo.report.strip_picture import draw_strip_svg, strip_legend
from fetal_hemo.report.table import html_table
from fetal_hemo.report.view_words import facts, lead, title

Samples = NDArray[np.floating[Any]]
TIMES = "Times count from the start of the recording."


def write_view_page(
    result: Mapping[str, Any],
    samples: Samples | None,
    out: Path,
    limits: Limits,
    more: Sequence[Section] = (),
) -> None:
    """Write the page of a result and its samples `(time,)` at 4 kHz; None if there are none.

    `limits`: mmHg from which the model calls a visit raised. `more` sections stand at its end.

    Raises `FetalHemoError` E-STORAGE.
    """
    found = html_table("What was found", ["What", "Found"], facts(result, limits))
    sections = [Section("In short", lead(result), tables=[found], lead=True)]
    if samples is not None and result["windows"]:
        sections += [_overview(result, samples), _strips(result, samples), _windows(result)]
    render_page(title(result), [*sections, *more], out)


def _overview(result: Mapping[str, Any], samples: Samples) -> Section:
    texts = [f"Heart rate: {legend_text(result['heart_rate'])}."]
    if any(window["attention"] is not None for window in result["windows"]):
        texts.append("Attention: how much a window weighed in the probability.")
    scalogram = see(samples).scalogram
    drawn = [_overview_svg(result, samples, scalogram, layout) for layout in (WIDE, NARROW)]
    return Section("The whole recording", texts, drawn[:1], phone_pictures=drawn[1:])


def _overview_svg(
    result: Mapping[str, Any], samples: Samples, scalogram: NDArray[np.float32], layout: Layout
) -> str:
    windows, found = result["windows"], result["heart_rate"]
    limit_hz = result["recording"]["band_limit_hz"]
    with styled():
        figure = new_figure(layout.width_in, 6.6)
        draw_overview(figure, samples, scalogram, windows, found, layout, limit_hz)
        return to_svg(figure, told(samples, windows), dpi=110)


def _strips(result: Mapping[str, Any], samples: Samples) -> Section:
    wide, narrow = (_strip_svgs(result, samples, layout) for layout in (WIDE, NARROW))
    return Section("Near enough to see beats", [strip_legend(result)], wide, phone_pictures=narrow)


def _strip_svgs(result: Mapping[str, Any], samples: Samples, layout: Layout) -> list[str]:
    return [
        draw_strip_svg(samples, result, part, layout)
        for stretch in stretches(result["windows"])
        for part in stretch.parts(layout.strip_windows)
    ]


def _windows(result: Mapping[str, Any]) -> Section:
    rows = [
        (
            clock(window["start_s"]),
            quality_name(window["quality"]),
            "-" if window["heart_rate_bpm"] is None else f"{window['heart_rate_bpm']:.0f}",
            f"{window['confidence']:.2f}",
            "yes" if window["usable"] else "no",
        )
        for window in result["windows"]
    ]
    header = ["Start (min:s)", "Quality", "Heart rate (bpm)", "Confidence", "Good enough"]
    table = html_table(f"Windows of 3.75 s. {TIMES}", header, rows)
    closed = Markup("<details><summary>Show the table</summary>{}</details>")
    return Section("Every window", tables=[closed.format(table)])
