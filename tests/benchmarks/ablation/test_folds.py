"""Who trains, validates and tests, and whose labels are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.ablation.cell import unlabel
from benchmarks.ablation.plan import FULL
from benchmarks.ablation.world import FoldVisits, World, women_folds
from tests.benchmarks.ablation.planted import VISITS, visit


def test_of_a_cohort_that_nothing_is_tested_on_every_visit_trains_or_validates() -> None:
    others = object.__new__(World)
    others.visits, others.plan = VISITS, replace(FULL, folds=2)
    others.folds = women_folds(VISITS, others.plan)
    found = others.learning()
    assert sorted([*found.train, *found.validation], key=VISITS.index) == list(VISITS)
    assert found.validation
    assert found.test == ()


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_a_share_of_the_women_keeps_its_labels_and_the_rest_of_them_validates_nothing(
    share: float,
) -> None:
    rare = [visit(number, 3 * (number % 20 == 7)) for number in range(140)]
    given = FoldVisits(tuple(rare[:100]), tuple(rare[100:]), VISITS)
    found = unlabel(given, share)
    told = [one for one in found.train if one.label >= 0]
    assert (len(told), len(found.validation)) == (100 * share, 40 * share)
    for part in (told, found.validation):
        assert {one.label for one in part} == {0, 3}
    assert [one.recording for one in found.train] == [one.recording for one in given.train]
    assert found.test == VISITS
    more = unlabel(given, 2 * share).validation
    assert {id(one) for one in found.validation} <= {id(one) for one in more}


def test_no_woman_is_in_two_parts_of_a_fold_and_each_tests_once() -> None:
    known = [(woman, number) for woman in range(90) for number in range(1 + woman % 3)]
    visits = []
    for woman, number in known:
        label = (woman + number) % 16 % 11 % 4
        visits.append(replace(visit(woman, label), first=number))
    world = object.__new__(World)  # no cohort: folds are made of visits alone
    world.visits = tuple(visits)
    world.folds = women_folds(world.visits, FULL)
    tested: list[str] = []
    for number in range(FULL.folds):
        parts = world.fold(number)
        women = [{one.recording.participant_id for one in part} for part in parts]
        assert sum(map(len, women)) == len(set.union(*women)) == 90
        assert sum(map(len, parts)) == len(visits)
        assert all({one.label >= 2 for one in part} == {False, True} for part in parts)
        assert len(women[1]) == pytest.approx(0.2 * 0.8 * 90, abs=1)
        tested.extend(women[2])
    assert sorted(tested) == sorted({one.recording.participant_id for one in visits})
