"""Both curves are drawn where there are points."""

from xml.etree import ElementTree

from fetal_hemo.report.coverage_risk_plot import coverage_risk_plot

POINTS = [
    {"coverage": 0.1, "risk": 0.1, "low": 0.05, "high": 0.2},
    {"coverage": 1.0, "risk": 0.3, "low": 0.25, "high": 0.35},
]


def test_ends_are_told() -> None:
    svg = coverage_risk_plot({"by_certainty": POINTS, "by_quality": []})
    assert svg is not None
    told = ElementTree.fromstring(svg).get("aria-label") or ""
    assert "0.10 of 10%, 0.30 of all" in told
    assert "best heard" not in told
    assert coverage_risk_plot({"by_certainty": [], "by_quality": []}) is None
