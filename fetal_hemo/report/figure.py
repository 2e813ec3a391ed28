"""Inline SVG from matplotlib: the same picture gives the same bytes, and no global state."""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
from markupsafe import escape
from matplotlib.figure import Figure

# Okabe & Ito 2008: told apart with any colour vision, and in this order also in grey.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
YELLOW, SKY, INK, GREY = "#F0E442", "#56B4E9", "#1A1A1A", "#6B6B6B"

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "fetal-hemo",  # the same ids in every process
    "svg.fonttype": "none",  # text stays text: small files, readable by a screen reader
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same widths everywhere
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "legend.frameon": False,
    "path.simplify_threshold": 0.5,
}
NO_DATE = {"Date": None, "Creator": None, "Format": None, "Type": None}


def styled() -> AbstractContextManager[None]:
    """A context in which figures are made and drawn in the house style."""
    return mpl.rc_context(STYLE)


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure of this size that belongs to no window and no global list."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def to_svg(figure: Figure, alt: str, dpi: int = 100) -> str:
    """`<svg>` text without a header, with `alt` for those who cannot see it.

    Pictures inside it are drawn at `dpi`.
    """
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata=NO_DATE, dpi=dpi)
    return _accessible(text.getvalue(), alt)


def _accessible(svg: str, alt: str) -> str:
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*">', "<g>", body)  # ids nobody refers to would repeat on a page
    body = _stable_ids(body)
    size = re.search(r' width="([0-9.]+)pt"', body)
    width = float(size.group(1)) * 4 / 3 if size else 800  # a point is 4/3 CSS pixels
    body = re.sub(r' (width|height)="[0-9.]+pt"', "", body, count=2)
    opening = (
        f'<svg role="img" aria-label="{escape(alt)}" style="width:100%;max-width:{width:.0f}px" '
    )
    return body.replace("<svg ", opening, 1)


def _stable_ids(svg: str) -> str:
    """The SVG with ids made of its own content, so that two pictures on a page do not share any.

    Matplotlib makes some of them of positions in which the layout's last bit varies.
    """
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    numbers = {name: str(number) for number, name in enumerate(names)}

    def renamed(prefix: str) -> str:
        pattern = r'(\bid="|#)([^")]+)(?=[")])'
        return re.sub(pattern, lambda m: m[1] + _prefixed(prefix, numbers.get(m[2]), m[2]), svg)

    return renamed("p" + hashlib.sha256(renamed("").encode()).hexdigest()[:8] + "-")


def _prefixed(prefix: str, number: str | None, name: str) -> str:
    return name if number is None else prefix + number
