"""Whoever is tested in a fold is known to nothing that is fitted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.candidates import candidates
from fetal_hemo.training.fold_plan import FoldPlan, plan_folds

Made = Callable[..., Recipe]


def cohort_of(women: int, visits: int = 3, **columns: Callable[[int, int], Any]) -> Cohort:
    """Every third woman has raised pressure at her last visit."""
    recordings = [
        Recording(
            recording_id=f"W{w}-{v}",
            participant_id=f"W{w}",
            visit_id=f"{v}",
            path="none",
            sbp_mmhg=150 if w % 3 == 0 and v == visits - 1 else 110,
            dbp_mmhg=70,
            **{name: value(w, v) for name, value in columns.items()},
        )
        for w in range(women)
        for v in range(visits)
    ]
    return Cohort(Path("cohort"), tuple(recordings), True, "0")


def require_apart(plan: FoldPlan) -> None:
    parts = [{r.participant_id for r in plan.recordings(p)} for p in ("train", "validation")]
    tested = {r.participant_id for r in plan.tested}
    assert not parts[0] & parts[1]
    assert not (parts[0] | parts[1]) & tested
    assert all(parts)


def test_cross_validation_tests_everybody_once(smallest: Made) -> None:
    cohort = cohort_of(30)
    plans = plan_folds(cohort, smallest(study={"folds": 5}))
    assert [plan.name for plan in plans] == [f"fold-{n}" for n in range(1, 6)]
    tested = sorted(r.recording_id for plan in plans for r in plan.tested)
    assert tested == sorted(r.recording_id for r in cohort.recordings)
    for plan in plans:
        require_apart(plan)
        assert sum(r.sbp_mmhg == 150 for r in plan.tested) == 2  # stratified: 10 women in 5
    again = plan_folds(cohort, smallest(study={"folds": 5, "seed": 1}))
    assert again[0].tested != plans[0].tested


@pytest.mark.parametrize("kind", ["leave_site_out", "leave_device_out"])
def test_a_woman_of_two_places_never_trains_for_either(smallest: Made, kind: str) -> None:
    """Woman 1 is recorded with both; the others stay with one."""
    place = {"leave_site_out": "site_id", "leave_device_out": "device_id"}[kind]
    where = {place: lambda w, v: f"../{(w + (v if w == 1 else 0)) % 2}"}
    plans = plan_folds(cohort_of(24, **where), smallest(study={"kind": kind}))
    assert [plan.name for plan in plans] == [f"{place.removesuffix('_id')}-{n}" for n in (1, 2)]
    for plan in plans:
        require_apart(plan)
        assert len({getattr(r, place) for r in plan.tested}) == 1
        assert "W1" not in {r.participant_id for r in plan.others}
    both = [r.recording_id for plan in plans for r in plan.tested if r.participant_id == "W1"]
    assert sorted(both) == ["W1-0", "W1-1", "W1-2"]


def test_temporal_trains_on_what_was_there_before_the_first_tested(smallest: Made) -> None:
    start = date(2024, 1, 1)
    when = {"extra": lambda w, v: {"visit_date": f"{start + timedelta(5 * w + 20 * v)}"}}
    cohort = cohort_of(60, **when)
    (plan,) = plan_folds(cohort, smallest(study={"kind": "temporal"}))
    require_apart(plan)
    day = [{r.extra["visit_date"] for r in part} for part in (plan.others, plan.tested)]
    assert max(day[0]) < min(day[1])
    known = {r.participant_id for r in plan.others}
    assert len(plan.others) < 3 * len(known)  # some women came again later: not heard
    undated = replace(cohort, recordings=(replace(cohort.recordings[0], extra={}),))
    with pytest.raises(FetalHemoError, match=r"E-COHORT: row 0 has no date in .*visit_date"):
        plan_folds(undated, smallest(study={"kind": "temporal"}))


def test_what_cannot_be_planned_is_refused(smallest: Made) -> None:
    with pytest.raises(FetalHemoError, match="E-COHORT: site_id must be known"):
        plan_folds(cohort_of(30), smallest(study={"kind": "leave_site_out"}))
    with pytest.raises(FetalHemoError, match="E-SPLIT: fold-1: only 2 women with a raised visit"):
        plan_folds(cohort_of(12), smallest(study={"folds": 2}))


def test_pretraining_once_must_not_see_labels(smallest: Made) -> None:
    with pytest.raises(FetalHemoError, match="must see no label"):
        smallest(study={"pretraining": "once"})
    smallest(study={"pretraining": "once"}, pretrain={"visit_loss": "off"})


def test_candidates_change_fine_tuning_alone(smallest: Made) -> None:
    recipe = smallest(study={"candidates": ["learning_rate = 0.5; epochs = 7", "augment = false"]})
    found = list(candidates(recipe).values())
    assert found[0] == recipe
    assert (found[1].finetune.learning_rate, found[1].finetune.epochs) == (0.5, 7)
    assert found[2] == replace(recipe, finetune=replace(recipe.finetune, augment=False))


@pytest.mark.parametrize(
    ("text", "said"),
    [("width = 3", "has no"), ("epochs = ", "candidates"), ("epochs = -1", "must be from 0")],
)
def test_a_bad_candidate_is_refused_at_once(smallest: Made, text: str, said: str) -> None:
    with pytest.raises(FetalHemoError, match=f"E-RECIPE.*{said}"):
        candidates(smallest(study={"candidates": [text]}))


def test_the_default_recipe_pretrains_in_each_fold() -> None:
    assert load_recipe().study.pretraining == "in_each_fold"
