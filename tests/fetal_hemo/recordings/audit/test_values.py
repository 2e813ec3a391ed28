"""Missing, contradicting and rounded values."""

from __future__ import annotations

import pytest

from fetal_hemo.recordings.audit.values import missing_shares, value_findings, value_ranges


def test_shares_and_ranges(recording) -> None:
    rows = [recording(i, bmi_kg_m2=None if i % 4 else 20.0 + i, parity=1) for i in range(8)]
    assert missing_shares(rows)["bmi_kg_m2"] == 0.75
    assert missing_shares(rows)["parity"] == 0
    assert value_ranges(rows) == {"bmi_kg_m2": (20, 24)}


def test_missing_ages_are_a_warning(recording) -> None:
    rows = [recording(i, gestational_age_days=None if i < 3 else 200) for i in range(10)]
    (finding,) = value_findings(rows)
    assert finding.text == "gestational_age_days is missing in 30% of the rows"
    assert list(value_findings(rows[2:])) == []


@pytest.mark.parametrize(("step", "found"), [(10, 1), (2, 0), (1, 0)])
def test_readings_rounded_to_tens_are_a_warning(recording, step: int, found: int) -> None:
    rows = [
        recording(i, gestational_age_days=200, sbp_mmhg=100 + step * (i % 7), dbp_mmhg=63 + i % 9)
        for i in range(80)
    ]
    texts = [f.text for f in value_findings(rows)]
    assert len(texts) == found
    assert all(text.startswith("100% of sbp_mmhg end in 0") for text in texts)
    assert list(value_findings(rows[:30])) == []
