"""Who may say that anything is detected."""

from __future__ import annotations

from typing import Any

import pytest

from fetal_hemo.report.modest_words import may_claim

ALL = ["maternal_age_years", "gestational_age_days", "bmi_kg_m2"]


def metrics(known: list[str], low: float | None, **more: bool) -> dict[str, Any]:
    high, reason = (None, "few women") if low is None else (0.2, "")
    difference = {"value": 0.1, "low": low, "high": high, "reason": reason}
    clinical = {"known": known, "difference": difference}
    return {
        "simulated": False,
        "model_simulated": False,
        "controls": {"age_ga_bmi": clinical},
        **more,
    }


def test_a_model_above_all_three_questions_may() -> None:
    assert may_claim(metrics(ALL, 0.01))


@pytest.mark.parametrize(
    "found",
    [
        metrics(ALL, -0.01),
        metrics(ALL, None),
        metrics(ALL[:2], 0.01),
        metrics([], 0.01),
        metrics(ALL, 0.01, simulated=True),
        metrics(ALL, 0.01, model_simulated=True),
    ],
)
def test_others_may_not(found: dict[str, Any]) -> None:
    assert not may_claim(found)
