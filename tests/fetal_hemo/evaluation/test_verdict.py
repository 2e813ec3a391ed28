"""The sentence claims no more than the interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.verdict import verdict

GOOD = Estimate(0.8, 0.75, 0.85)


@pytest.mark.parametrize(
    ("auroc", "difference", "said"),
    [
        (GOOD, Estimate(0.1, 0.05, 0.15), "ranks visits better than"),
        (GOOD, Estimate(0.1, -0.01, 0.2), "not shown to rank visits better"),
        (GOOD, Estimate(-0.1, -0.2, -0.05), "ranks visits worse"),
        (Estimate(0.55, 0.45, 0.65), Estimate(0.1, 0.05, 0.15), "not above chance"),
        (missing("no positive visit"), None, "nothing can be said"),
        (Estimate(0.8, reason="few women"), None, "cannot be judged: few women"),
        (GOOD, None, "cannot be compared"),
        (GOOD, Estimate(0.1, reason="few women"), "is open: few women"),
    ],
)
def test_wording(auroc: Estimate, difference: Estimate | None, said: str) -> None:
    sentence = verdict(auroc, difference, simulated=True)
    assert said in sentence
    assert sentence.startswith("On simulated data")
    assert "never a diagnosis" in sentence


@given(st.floats(-1, 1), st.floats(0, 1), st.booleans())
def test_never_detects(value: float, reach: float, simulated: bool) -> None:
    difference = Estimate(value, value - reach, value + reach)
    sentence = verdict(GOOD, difference, simulated, model_simulated=simulated)
    assert "detect" not in sentence
    assert ("simulated" in sentence) == simulated
    if difference.covers(0.0):
        assert "not shown" in sentence
