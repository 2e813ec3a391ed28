"""Each class has a histogram of its own, in percent of itself."""

from xml.etree import ElementTree

import numpy as np

from fetal_hemo.report.distribution_plot import distribution_plot

LIMITS = (140.0, 90.0)


def alt(svg: str | None) -> str:
    assert svg is not None
    return ElementTree.fromstring(svg).get("aria-label") or ""


def test_medians_are_told() -> None:
    chance = np.repeat([0.1, 0.2, 0.3, 0.7, 0.8], 5)
    labels = np.repeat([0, 0, 0, 1, 1], 5)
    told = alt(distribution_plot(chance, labels, np.arange(25), 0.5, LIMITS))
    assert "at 140/90 or more median 0.75" in told
    assert "below 140/90 median 0.20" in told


def test_one_class_and_no_row() -> None:
    told = alt(distribution_plot([0.1, 0.2], [0, 0], ["a", "b"], 0.5, LIMITS))
    assert "more median" not in told
    assert distribution_plot([], [], [], 0.5, LIMITS) is None
