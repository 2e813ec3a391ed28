"""Forest plot: AUROC of the model beside that of every control."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.figure import BLUE, GREY, INK, new_figure, styled, to_svg


def forest_plot(metrics: dict[str, Any]) -> str | None:
    """SVG of AUROC and interval, one row each, from a study's metrics; None without a value."""
    rows = [("the model", metrics["auroc"], BLUE)]
    rows += [(c["meaning"], c["auroc"], INK) for c in metrics["controls"].values()]
    rows = [row for row in rows if row[1]["value"] is not None]
    if not rows:
        return None
    with styled():
        figure = new_figure(6.6, 0.9 + 0.32 * len(rows))
        axes = figure.add_subplot()
        axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        for place, (_, auroc, colour) in enumerate(rows):
            if auroc["low"] is not None:
                axes.plot([auroc["low"], auroc["high"]], [place] * 2, color=colour, linewidth=1.6)
            axes.plot(auroc["value"], place, "s", color=colour, markersize=5)
            axes.text(1.04, place, _numbers(auroc), va="center", color=colour, fontsize=8)
        axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
        measure = "AUROC on simulated data" if metrics["simulated"] else "AUROC"
        axes.set_xlabel(f"{measure} (95 %; dotted: chance)")
        axes.set(xlim=(0, 1.0), ylim=(len(rows) - 0.5, -0.5))
        axes.tick_params(axis="y", length=0)
        told = "; ".join(f"{name} {_numbers(auroc)}" for name, auroc, _ in rows)
        return to_svg(figure, f"{measure} with 95 % interval: {told}.")


def _numbers(auroc: dict[str, Any]) -> str:
    if auroc["low"] is None:
        return f"{auroc['value']:.2f}"
    return f"{auroc['value']:.2f} ({auroc['low']:.2f} to {auroc['high']:.2f})"
