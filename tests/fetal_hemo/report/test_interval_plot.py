"""Rows of intervals say their numbers to those who cannot see them."""

from xml.etree import ElementTree

from fetal_hemo.report.interval_plot import IntervalRow, interval_plot


def test_every_row_is_told_and_drawn() -> None:
    rows = [
        IntervalRow("the model", 0.8, 0.7, 0.9, strong=True),
        IntervalRow("a <control>", 0.5, None, None),
    ]
    svg = interval_plot(rows, "AUROC")
    assert svg is not None
    told = ElementTree.fromstring(svg).get("aria-label")
    assert told == "AUROC: the model 0.80 (0.70 to 0.90); a <control> 0.50."
    assert svg.count("0.80 (0.70 to 0.90)") == 2
    assert interval_plot([], "AUROC") is None
