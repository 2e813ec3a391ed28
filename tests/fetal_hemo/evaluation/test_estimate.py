"""Estimates hold numbers or reasons, never NaN."""

import json
import math

import pytest

from fetal_hemo.evaluation.estimate import Estimate, missing


def test_json_round_trip() -> None:
    estimate = Estimate(0.8, 0.7, 0.9)
    assert Estimate(**json.loads(json.dumps(estimate.to_json()))) == estimate


@pytest.mark.parametrize("bad", [(math.nan, 0.1, 0.2), (0.1, -math.inf, 0.2)])
def test_nan_and_infinity_are_refused(bad: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="reason"):
        Estimate(*bad)


def test_a_missing_part_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Estimate(0.5)
    assert missing("no row").interval is None


def test_covers() -> None:
    assert Estimate(0.1, 0.0, 0.2).covers(0.0)
    assert not Estimate(0.1, 0.01, 0.2).covers(0.0)
    assert Estimate(0.1, reason="few").covers(0.9)
