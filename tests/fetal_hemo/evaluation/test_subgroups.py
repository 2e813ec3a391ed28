"""Subgroups are measured as if they were studies of their own, or not shown."""

import numpy as np
import pytest

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.subgroup_columns import Groups
from fetal_hemo.evaluation.subgroups import Judged, subgroups


def judged(rows: int = 400) -> tuple[Judged, np.ndarray]:
    generator = np.random.default_rng(0)
    labels = (np.arange(rows) % 5 == 0).astype(int)
    chance = np.clip(0.2 + 0.2 * labels + 0.1 * generator.normal(size=rows), 0.01, 0.99)
    women = np.array([f"w{row // 2}" for row in range(rows)])
    return Judged(chance, labels, women, np.arange(rows) % 10 != 9), np.arange(rows) % 4


def test_each_is_a_study_of_its_own_rows() -> None:
    known, index = judged()
    found = subgroups({"site": Groups(("a", "b", "c", "d", "none"), index)}, known, 0.3)
    assert [row.group for row in found] == ["a", "b", "c", "d"]
    for number, row in enumerate(found):
        rows = (index == number) & known.scored
        oracle = clustered_auroc(known.probability[rows], known.labels[rows], known.women[rows])
        assert row.auroc == oracle
        assert row.events == known.labels[rows].sum()
        assert row.rows == 100
        flagged = known.probability[rows] >= 0.3
        assert row.sensitivity.value == pytest.approx(flagged[known.labels[rows] == 1].mean())
        assert row.answered.value == pytest.approx(known.scored[index == number].mean())


@pytest.mark.parametrize(("events", "shown"), [(9, False), (10, True)])
def test_fewer_than_ten_women_of_a_class_are_not_shown_at_all(events: int, shown: bool) -> None:
    labels = (np.arange(60) < events).astype(int)
    everyone = Judged(
        np.linspace(0.9, 0.1, 60), labels, np.array([f"w{i}" for i in range(60)]), labels >= 0
    )
    (row,) = subgroups({"x": Groups(("all",), np.zeros(60, dtype=np.intp))}, everyone, 0.5)
    assert (row.events == events) is shown
    assert (row.auroc.value is not None) is shown
    assert (row.answered.value is not None) is shown


def test_visits_of_few_women_are_not_shown() -> None:
    """Eleven raised visits of nine women, and of ten."""
    labels = (np.arange(60) < 11).astype(int)
    for raised, shown in ((9, False), (10, True)):
        women = np.array([f"w{i % raised if i < 11 else i}" for i in range(60)])
        chance = np.linspace(0.9, 0.1, 60)[np.arange(60) * 7 % 60]
        everyone = Judged(chance, labels, women, labels >= 0)
        (row,) = subgroups({"x": Groups(("all",), np.zeros(60, dtype=np.intp))}, everyone, 0.5)
        assert (row.events == 11) is shown
        assert (row.auroc.reason == "fewer than 10 women of one class") is not shown


def test_few_negatives_are_not_shown_either() -> None:
    labels = (np.arange(60) >= 9).astype(int)
    few = Judged(np.full(60, 0.5), labels, np.array([f"w{i}" for i in range(60)]), labels >= 0)
    (row,) = subgroups({"x": Groups(("all",), np.zeros(60, dtype=np.intp))}, few, 0.5)
    assert row.events is None
