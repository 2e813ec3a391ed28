"""Flow of women, visits and recordings into a study, with every exclusion and its reason."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from fetal_hemo.report.figure import GREY, INK

Json = dict[str, Any]
WIDE, NARROW, BOX, LINE, GAP = 560, 310, 250, 18, 20
SPINE, INDENT = 24, 50  # of the parts under the cohort
LETTERS = 34  # on a line of a box


def flow_diagram(flow: Mapping[str, Any], narrow: bool = False) -> str:
    """SVG of a study's `flow`: its parts under the cohort, the excluded beside it.

    On a `narrow` screen the excluded stand first among the parts. Drawn by hand: a box is as high
    as its words, which no plotting library knows.
    """
    excluded = sum(flow["excluded"].values())
    reasons = [f"{count} {reason}" for reason, count in flow["excluded"].items()] or ["none"]
    side = _lines([f"Excluded recordings: {excluded}", *reasons])
    cohort = _lines(["Cohort", _counts(flow["cohort"])])
    boxes = [_lines([name.capitalize(), _counts(part)]) for name, part in flow["parts"].items()]
    width = NARROW if narrow else WIDE
    parts, foot, y = [_box(4, 4, cohort)], 4 + _height(cohort) / 2, 4 + _height(cohort) + GAP
    if narrow:
        boxes.insert(0, side)
    else:
        parts += [_box(width - BOX - 4, 4, side), _arrow(4 + BOX, foot, width - BOX - 8, foot)]
        y = max(y, 4 + _height(side) + GAP)
    for lines in boxes:
        foot = y + _height(lines) / 2
        parts += [_box(INDENT, y, lines), _arrow(SPINE, foot, INDENT - 2, foot)]
        y += _height(lines) + GAP
    top = 4 + _height(cohort)
    parts.append(f'<line x1="{SPINE}" y1="{top}" x2="{SPINE}" y2="{foot}" stroke="{GREY}"/>')
    named = [f"{name}: {_counts(counted)}" for name, counted in flow["parts"].items()]
    told = "; ".join([f"cohort: {_counts(flow['cohort'])}", *reasons, *named])
    return (
        f'<svg role="img" aria-label="{escape(f"Flow diagram. {told}.")}" '
        f'viewBox="0 0 {width} {y - GAP + 4}" style="width:100%;max-width:{width}px" '
        f'font-family="DejaVu Sans, sans-serif" font-size="13">{"".join(parts)}</svg>'
    )


def _counts(counted: Mapping[str, int]) -> str:
    return (
        f"{counted['women']} women, {counted['visits']} visits, {counted['recordings']} recordings"
    )


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, LETTERS)]


def _height(lines: list[str]) -> int:
    return LINE * len(lines) + 12


def _box(x: float, y: float, lines: list[str]) -> str:
    frame = (
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{_height(lines)}" rx="3" fill="#fff" '
        f'stroke="{GREY}"/>'
    )
    bold = ' font-weight="bold"'
    words = "".join(
        f'<text x="{x + 8}" y="{y + 19 + LINE * number}" fill="{INK}"'
        f"{'' if number else bold}>{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return frame + words


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """To the right."""
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{GREY}"/>'
        f'<polygon points="{x2},{y2} {x2 - 7},{y2 - 4} {x2 - 7},{y2 + 4}" fill="{GREY}"/>'
    )
