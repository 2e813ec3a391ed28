"""One woman under two names."""

from __future__ import annotations

import numpy as np

from fetal_hemo.recordings.audit.women import women_findings


def texts(*rows) -> list[str]:
    found = list(women_findings(rows))
    assert {(f.level, f.topic) for f in found} <= {("warning", "women")}
    return [f.text for f in found]


def reading(make, row: int, woman: str, age: float, sbp: float, dbp: float, **values: object):
    return make(row, woman, gestational_age_days=age, sbp_mmhg=sbp, dbp_mmhg=dbp, **values)


def test_ids_that_differ_in_spelling_only(recording) -> None:
    names = ["W-001", "w1", "W 01", "W2", "W10", "V1", "1"]
    rows = [recording(row, name) for row, name in enumerate(names, start=2)]
    assert texts(*rows) == [
        "rows 2, 3, 4: participant ids that differ only in spelling: one woman?"
    ]


def test_ids_of_a_study_are_not_alike(recording) -> None:
    names = ["S1-W2", "S12", "S1-W20", "S1-W02b", "é1", "e1", "--", "..."]
    assert texts(*(recording(row, name) for row, name in enumerate(names))) == []


def test_two_equal_visits_make_one_woman(recording) -> None:
    rows = [
        reading(recording, 2, "a", 150, 112, 71),
        reading(recording, 3, "a", 180, 118, 75),
        reading(recording, 4, "b", 150, 112, 71),
        reading(recording, 5, "b", 180, 118, 75),
        reading(recording, 6, "b", 200, 121, 80),
    ]
    assert len(texts(*rows)) == 1
    assert texts(*rows)[0].startswith("rows 2 and 4: two participants with the same ages")
    assert texts(*rows[:3]) == []  # one equal visit is chance


def test_mothers_of_different_ages_are_two(recording) -> None:
    rows = [
        reading(recording, row, woman, age, 112, 71, maternal_age_years=years)
        for row, (woman, years, age) in enumerate(
            [("a", 20, 150), ("a", 20, 180), ("b", 31, 150), ("b", 31, 180)]
        )
    ]
    assert texts(*rows) == []


def test_chance_makes_no_woman_of_two(recording) -> None:
    """As many women as AutoHyPE had, with pressures in whole mmHg."""
    rng = np.random.default_rng(0)
    rows = [
        reading(
            recording,
            row,
            f"w{row // 3}",
            float(rng.integers(120, 285)),
            float(np.round(rng.normal(104, 11))),
            float(np.round(rng.normal(65, 8))),
        )
        for row in range(8_000)
    ]
    assert len(texts(*rows)) <= 1


def test_a_default_reading_makes_no_woman_of_all(recording) -> None:
    rows = [
        reading(recording, 2 * woman + visit, f"w{woman}", 140 + visit, 120, 80)
        for woman in range(50)
        for visit in range(2)
    ]
    assert texts(*rows) == []
