"""A screened recording as one picture to print or to put into a text: PNG or SVG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from fetal_hemo.report.figure import GREY, new_figure, styled, to_svg
from fetal_hemo.report.heart_rate_row import legend_text
from fetal_hemo.report.limits_words import Limits
from fetal_hemo.report.recording_picture import WIDE, draw_overview, told
from fetal_hemo.report.scalogram import see
from fetal_hemo.report.stretches import stretches
from fetal_hemo.report.strip_picture import draw_strip, strip_legend
from fetal_hemo.report.view_words import facts, lead, title
from firmware_bridge.store import make_folder, write_atomically

DPI = 180
LINE_IN = 0.18  # height of a line of text
LETTERS = 128  # on a line of the sheet
LABEL_IN = 1.25  # width of the labels
OVERVIEW_IN, STRIP_IN = 6.2, 3.1


def write_view_sheet(
    result: Mapping[str, Any],
    samples: NDArray[np.floating[Any]] | None,
    out: Path,
    limits: Limits,
) -> None:
    """Write the sheet, PNG or SVG by the suffix of `out`; without samples only the words.

    `limits`: mmHg from which the model calls a visit raised. Raises `FetalHemoError` E-STORAGE.
    """
    with styled():
        figure = _sheet(result, samples if result["windows"] else None, limits)
        alt = f"{title(result)}. {result['sentence']}"
        if samples is not None:
            alt += f" {told(samples, result['windows'])}"
        content = (
            _png(figure) if out.suffix.lower() == ".png" else to_svg(figure, alt, DPI).encode()
        )
    make_folder(out.parent)
    write_atomically(out, content)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def _sheet(
    result: Mapping[str, Any], samples: NDArray[np.floating[Any]] | None, limits: Limits
) -> Figure:
    lines = _lines(result, limits)
    heights = [LINE_IN * (len(lines) + 3)]
    shown = stretches(result["windows"])[:1] if samples is not None else []
    if samples is not None:
        heights += [OVERVIEW_IN, *(STRIP_IN for _ in shown)]
    figure = new_figure(WIDE.width_in, sum(heights))
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _words(parts[0], title(result), lines, heights[0])
    if samples is not None:
        windows, found = result["windows"], result["heart_rate"]
        limit_hz = result["recording"]["band_limit_hz"]
        draw_overview(parts[1], samples, see(samples).scalogram, windows, found, WIDE, limit_hz)
        for part, stretch in zip(parts[2:], shown, strict=True):
            draw_strip(part, samples, result, stretch, WIDE)
    return figure


def _lines(result: Mapping[str, Any], limits: Limits) -> list[tuple[str, str]]:
    """Label and text of each line; a long text goes on under an empty label."""
    found: list[tuple[str, str]] = []
    for text in lead(result):
        found += [(line, "") for line in textwrap.wrap(text, LETTERS)]
    found.append(("", ""))
    notes = [*facts(result, limits)]
    if result["windows"]:
        notes.append(
            ("How to read", f"{legend_text(result['heart_rate'])}. {strip_legend(result)}")
        )
    for label, text in notes:
        first, *more = textwrap.wrap(text, LETTERS - 18)
        found += [(label, first), *(("", line) for line in more)]
    return found


def _words(
    part: SubFigure, heading: str, lines: Sequence[tuple[str, str]], height_in: float
) -> None:
    left = 0.1 / WIDE.width_in
    indent = left + LABEL_IN / WIDE.width_in
    part.text(left, 1 - 0.12 / height_in, heading, fontsize=13, fontweight="bold", va="top")
    for number, (label, text) in enumerate(lines):
        y = 1 - (0.5 + LINE_IN * number) / height_in
        part.text(left, y, label, va="top", color=GREY if text else None)
        part.text(indent, y, text, va="top")
