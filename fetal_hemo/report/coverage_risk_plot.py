"""Coverage-risk curves."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.figure import BLUE, GREEN, GREY, new_figure, styled, to_svg

CURVES = (
    ("by_certainty", "furthest from the threshold first", BLUE, "-"),
    ("by_quality", "best heard first", GREEN, "--"),
)


def coverage_risk_plot(curves: dict[str, Any]) -> str | None:
    """SVG of both curves of a study with their bands; None without a point."""
    drawn = [(name, *how) for name, *how in CURVES if curves[name]]
    if not drawn:
        return None
    with styled():
        figure = new_figure(4.6, 3.2)
        axes = figure.add_subplot()
        highest = 0.0
        for name, said, colour, dash in drawn:
            points = curves[name]
            x = [100 * point["coverage"] for point in points]
            low, high = ([point[end] for point in points] for end in ("low", "high"))
            axes.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
            axes.plot(x, [p["risk"] for p in points], dash, color=colour, label=said)
            highest = max(highest, *high)
        axes.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        axes.set(xlabel="visits answered (%)", ylabel="balanced error", xlim=(0, 100))
        axes.set_ylim(0, min(1.0, max(0.55, 1.05 * highest)))
        axes.legend(loc="best")
        told = "; ".join(f"{said}: {_ends(curves[name])}" for name, said, _, _ in drawn)
        return to_svg(figure, f"Balanced error over the share answered. {told}.")


def _ends(points: list[dict[str, Any]]) -> str:
    first, last = points[0], points[-1]
    return f"{first['risk']:.2f} of {first['coverage']:.0%}, {last['risk']:.2f} of all"
