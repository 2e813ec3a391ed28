"""Flow of women, visits and recordings into a study, with every exclusion and its reason."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

Json = dict[str, Any]
WIDTH, BOX, SIDE, LINE, GAP = 560, 250, 250, 18, 26
LETTERS = 34  # on a line of a box


def flow_diagram(flow: Mapping[str, Any]) -> str:
    """SVG of a study's `flow`: boxes downwards, the excluded beside them.

    Drawn by hand: a box is as high as its words, which no plotting library knows.
    """
    excluded = sum(flow["excluded"].values())
    boxes = [("Cohort", _counts(flow["cohort"]))]
    boxes += [(name.capitalize(), _counts(counted)) for name, counted in flow["parts"].items()]
    reasons = [f"{count} {reason}" for reason, count in flow["excluded"].items()] or ["none"]
    side = _lines([f"Excluded recordings: {excluded}", *reasons])
    parts, y = [], 4
    for number, (title, told) in enumerate(boxes):
        lines = _lines([title, told])
        height = LINE * len(lines) + 12
        parts.append(_box(4, y, lines, height))
        if number == 0:
            beside = LINE * len(side) + 12
            middle = y + height / 2
            parts.append(_arrow(4 + BOX, middle, WIDTH - SIDE - 8, middle))
            parts.append(_box(WIDTH - SIDE - 4, y, side, beside))
            height = max(height, beside)
        y += height + GAP
        if number == 0 and len(boxes) > 1:
            parts.append(_arrow(4 + BOX / 2, 4 + LINE * len(lines) + 12, 4 + BOX / 2, y))
    told = "; ".join([f"{title}: {text}" for title, text in boxes] + [f"excluded {excluded}"])
    return (
        f'<svg role="img" aria-label="{escape(f"Flow diagram. {told}.")}" '
        f'viewBox="0 0 {WIDTH} {y - GAP + 4}" style="width:100%;max-width:{WIDTH}px" '
        f'font-family="DejaVu Sans, sans-serif" font-size="13">{"".join(parts)}</svg>'
    )


def _counts(counted: Mapping[str, int]) -> str:
    return (
        f"{counted['women']} women, {counted['visits']} visits, {counted['recordings']} recordings"
    )


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, LETTERS)]


def _box(x: float, y: float, lines: list[str], height: float) -> str:
    frame = (
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{height}" rx="3" fill="#fff" '
        'stroke="#6B6B6B"/>'
    )
    bold = ' font-weight="bold"'
    words = "".join(
        f'<text x="{x + 8}" y="{y + 19 + LINE * number}" fill="#1A1A1A"'
        f"{'' if number else bold}>{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return frame + words


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    down = x1 == x2
    tip = f"{x2 - 4},{y2 - 7} {x2 + 4},{y2 - 7}" if down else f"{x2 - 7},{y2 - 4} {x2 - 7},{y2 + 4}"
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#6B6B6B"/>'
        f'<polygon points="{x2},{y2} {tip}" fill="#6B6B6B"/>'
    )
