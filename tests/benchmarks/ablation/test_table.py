"""The table of rows against known answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from benchmarks.ablation.rows import OURS
from benchmarks.ablation.size_choice import size_choice
from benchmarks.ablation.table import table
from benchmarks.ablation.world import FoldVisits
from tests.benchmarks.ablation.planted import (
    BY,
    LABELS,
    QUICK_WORLD,
    WORLD,
    cells,
    visit,
)


def test_the_table_against_known_answers() -> None:
    right = [float(label) - 1.5 for label in LABELS]
    said = "".join(str(max(label, 1)) for label in LABELS)  # class 0 is never said
    made = cells(OURS, right, said) | cells("age_ga_bmi", [-x for x in right], None)
    rows = table(made, WORLD, 1.0)
    assert list(rows) == ["oracle", "oracle_history", OURS, "age_ga_bmi"]
    assert rows["oracle_history"]["auroc"]["value"] == 0.5
    assert rows["oracle"]["auroc"]["value"] == rows[OURS]["auroc"]["value"] == 1.0
    assert rows["age_ga_bmi"]["auroc"]["value"] == 0.0
    assert rows["age_ga_bmi"]["ours_minus_this"]["value"] == 1.0
    assert rows[OURS]["this_minus_history"]["value"] == 1.0
    assert (rows[OURS]["share_of_headroom"], rows["age_ga_bmi"]["share_of_headroom"]) == (1.0, -1.0)
    assert (rows[OURS]["balanced_accuracy"], rows[OURS]["worst_class_recall"]) == (0.75, 0.0)
    recalls = {"normal": 0.0, "elevated": 1.0, "hypertensive": 1.0, "severe": 1.0}
    assert rows[OURS]["recall_by_class"] == recalls
    assert rows["age_ga_bmi"]["balanced_accuracy"] is None
    assert (rows[OURS]["seconds"], rows[OURS]["parameters"]) == (4.0, 7)


def test_quarters_of_the_score_are_classes_whatever_the_row_itself_says() -> None:
    never = "0" * 16
    right = [float(label) for label in LABELS]
    upside_down = [-score for score in right]
    made = cells(OURS, right, never) | cells("minirocket", upside_down, never)
    rows = table(made, WORLD, 1.0)
    assert (rows[OURS]["worst_class_recall"], rows[OURS]["worst_recall_of_quarters"]) == (0.0, 1.0)
    assert rows["minirocket"]["worst_recall_of_quarters"] == 0.0


def test_limits_of_the_quarters_are_those_of_other_folds() -> None:
    higher = [float(label) + 10.0 * (at >= 8) for at, label in enumerate(LABELS)]
    found = table(cells(OURS, higher, "0" * 16), WORLD, 1.0)[OURS]
    assert found["worst_recall_of_quarters"] == 0.0  # all of one fold lie above, of one below


def test_without_an_effect_a_wider_interval_stands_beside_the_auroc() -> None:
    some = [float(number * 7 % 16) for number in range(16)]
    null = table(cells(OURS, some, None, 0.0), WORLD, 0.0)[OURS]
    assert null["auroc"]["value"] == null["auroc_99"]["value"]
    assert null["auroc_99"]["low"] < null["auroc"]["low"]
    assert null["auroc_99"]["high"] > null["auroc"]["high"]
    assert "auroc_99" not in table(cells(OURS, some, None), WORLD, 1.0)[OURS]


def test_the_calibration_slope_of_log_odds_that_are_right_is_one() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(0.0, 1.5, 2_000)
    visits = [
        visit(number, 2 * int(chance > draw.random())) for number, chance in enumerate(expit(truth))
    ]
    world: Any = SimpleNamespace(
        visits=visits,
        plan=SimpleNamespace(folds=1),
        fold=lambda _: FoldVisits((), (), tuple(visits)),
        cohort_id="w",
        oracle=lambda _: {one.recording.recording_id: float(one.label) for one in visits},
    )
    facts = {"effect": 1.0, "seed": 0, "fold": 0, "classes": None, "seconds": 1.0, **BY}
    made = {
        f"1/{row}/0/0": {**facts, "row": row, "parameters": 1, "log_odds": (k * truth).tolist()}
        for row, k in ((OURS, 1.0), ("minirocket", 2.0))
    }
    rows = table(made, world, 1.0)
    assert rows[OURS]["calibration_slope"]["value"] == pytest.approx(1.0, abs=0.1)
    assert rows["minirocket"]["calibration_slope"]["value"] == pytest.approx(0.5, abs=0.05)


def test_the_worst_subset_of_views_is_the_worst_over_all_folds() -> None:
    made = cells(OURS, [0.0] * 16, None)
    first, second = made.values()
    first["auroc_of_views"] = {"envelope": 0.5, "rhythm": 0.6, "envelope+rhythm": 0.8}
    second["auroc_of_views"] = {"envelope": 0.9, "rhythm": 0.6, "envelope+rhythm": 0.7}
    means = {"envelope": 0.7, "rhythm": 0.6, "envelope+rhythm": 0.75}
    worst = {"value": 0.6, "views": "rhythm", "by_views": means}
    assert table(made, WORLD, 1.0)[OURS]["worst_subset_auroc"] == worst


def test_a_row_with_a_missing_fold_is_left_out() -> None:
    made = cells(OURS, [0.0] * 16, None)
    made.popitem()
    assert list(table(made, WORLD, 1.0)) == ["oracle", "oracle_history"]


@pytest.mark.parametrize(("other", "why"), [("code", "different code"), ("cohort", "cohort")])
def test_a_row_of_two_codes_or_another_cohort_is_left_out_and_named(
    other: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = cells(OURS, [0.0] * 16, None) | cells("minirocket", [0.0] * 16, None)
    made["1/minirocket/0/1"][other] = "another"
    assert list(table(made, WORLD, 1.0)) == ["oracle", "oracle_history", OURS]
    said = capsys.readouterr().err
    assert "minirocket" in said
    assert why in said
    assert OURS not in said


def test_the_smallest_size_within_one_standard_error_of_the_best() -> None:
    values = {OURS: 0.64, "embedding_8": 0.619, "embedding_16": 0.621, "embedding_32": 0.64}
    values["embedding_96"] = 0.65
    rows = {
        name: {"auroc": {"value": value, "low": value - 0.0588, "high": value + 0.0588}}
        for name, value in values.items()
    }
    assert size_choice(rows, QUICK_WORLD)["chosen"] == 16  # 0.619 is not within 0.03 of 0.65
    del rows["embedding_96"]
    assert size_choice(rows, QUICK_WORLD) == {}
