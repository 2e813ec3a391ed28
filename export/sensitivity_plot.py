"""Which layer of the trunk bears 8 bits worst."""

from __future__ import annotations

from fetal_hemo.report.figure import BLUE, GREY, new_figure, styled, to_svg


def sensitivity_plot(errors: dict[str, float], whole: float) -> str:
    """SVG bars of the embeddings' error with one layer alone in int8, and with all of them."""
    names, values = list(errors), [100.0 * error for error in errors.values()]
    with styled():
        figure = new_figure(6.0, 0.9 + 0.24 * len(names))
        axes = figure.add_subplot()
        axes.barh(names, values, color=BLUE)
        axes.axvline(100.0 * whole, color=GREY, linestyle=":", label="all layers")
        axes.invert_yaxis()
        axes.set(xlabel="relative error of the view embeddings, %", xlim=(0, None))
        axes.legend(loc="lower right")
        worst = max(errors, key=lambda name: errors[name])
        told = f"{worst} alone costs {100 * errors[worst]:.2g} %, all layers {100 * whole:.2g} %."
        return to_svg(figure, f"Error with one of {len(names)} layers in int8: {told}")
