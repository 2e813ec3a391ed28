"""The comparison of rows: its table against known answers, its cells kept, its smoke form run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from benchmarks.ablation.cell import unlabel
from benchmarks.ablation.checks import device_probe
from benchmarks.ablation.classes import adjusted_classes
from benchmarks.ablation.code import code_hash, code_of
from benchmarks.ablation.kept_models import Kept, kept_model, model_place
from benchmarks.ablation.learned import learned_numbers
from benchmarks.ablation.nearest import by_bank, by_centroids
from benchmarks.ablation.plan import FULL, SMOKE
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.pretraining import new_model
from benchmarks.ablation.results import Results
from benchmarks.ablation.row_recipes import measuring_of, recipe_of
from benchmarks.ablation.rows import MEASURING, OURS, RECIPE, ROWS, SMOKE_ROWS, SUPERVISED
from benchmarks.ablation.simple import features, labels_of
from benchmarks.ablation.size_choice import size_choice
from benchmarks.ablation.table import table
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World, women_folds
from benchmarks.hypertension import best, made_by
from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import load_recipe
from fetal_hemo.training.pretrain import model_size
from fetal_hemo.training.scoring import Scores
from fetal_hemo.training.survey import Visit

PROJECT = Path(__file__).resolve().parents[2]
SHIPPED = PROJECT / "recipes" / "default_bundle.toml"
LABELS = (0, 1, 2, 3) * 4
BY = {"code": "c", "cohort": "w"}


QUICK_WORLD: Any = SimpleNamespace(recipe=load_recipe(RECIPE), plan=FULL)


def visit(number: int, label: int) -> Visit:
    known = SimpleNamespace(recording_id=f"R{number}", participant_id=f"W{number:02}")
    facts: Any = (known, label, (0,), 0, 0, 1, (1.0,), None, None, None)
    return Visit(*facts)


VISITS = tuple(visit(number, label) for number, label in enumerate(LABELS))


def fold(number: int) -> FoldVisits:
    return FoldVisits((), (), VISITS[8 * number : 8 * number + 8])


def oracle(knows: str) -> dict[str, float]:
    return {f"R{n}": float(y >= 2) * (knows == "features") for n, y in enumerate(LABELS)}


# Two folds, and an oracle that is always right, but of history knows nothing.
WORLD: Any = SimpleNamespace(
    visits=VISITS,
    plan=SimpleNamespace(folds=2),
    fold=fold,
    oracle=oracle,
    cohort_id="w",
    others=lambda women, effect: SimpleNamespace(cohort_id="o"),
)


def cells(
    row: str, log_odds: list[float], classes: str | None, effect: float = 1.0
) -> dict[str, Any]:
    """Both folds of a row."""
    made = {}
    for number in range(2):
        part = slice(8 * number, 8 * number + 8)
        key = CellKey(effect, row, 0, number)
        made[str(key)] = {
            **vars(key),
            "log_odds": log_odds[part],
            "classes": None if classes is None else classes[part],
            "seconds": 2.0,
            "parameters": 7,
            **BY,
        }
    return made


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
    assert rows["age_ga_bmi"]["balanced_accuracy"] is None
    assert (rows[OURS]["seconds"], rows[OURS]["parameters"]) == (4.0, 7)


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


def never() -> Any:
    pytest.fail("made again")


def test_a_finished_cell_is_not_made_again_unless_by_another_code(tmp_path: Path) -> None:
    key, file = CellKey(1.0, OURS, 0, 0), tmp_path / "r.json"
    made = Results(file, SMOKE).cell(key, BY, lambda: {"seconds": 1.0})
    assert Results(file, SMOKE).cell(key, BY, never) == made
    again = Results(file, SMOKE).cell(key, {**BY, "code": "d"}, lambda: {"seconds": 2.0})
    assert again == {**BY, "code": "d", "seconds": 2.0}
    assert Results(file, SMOKE).cells[str(key)] == again


def test_what_another_process_wrote_stays(tmp_path: Path) -> None:
    key, file = CellKey(1.0, OURS, 0, 0), tmp_path / "r.json"
    Results(file, SMOKE).cell(key, {**BY, "code": "old"}, lambda: {"seconds": 1.0})
    first, second = (Results(file, SMOKE) for _ in range(2))
    first.cell(key, BY, lambda: {"seconds": 3.0})
    first.write({"effect_1": {"a": 1}}, {"chosen": 16})
    second.cell(CellKey(1.0, OURS, 0, 1), BY, lambda: {"seconds": 2.0})
    found = json.loads(file.read_bytes())
    assert [cell["seconds"] for cell in found["cells"].values()] == [3.0, 2.0]
    assert (found["table"], found["embedding_size"]) == ({"effect_1": {"a": 1}}, {"chosen": 16})


def test_nothing_is_best_before_every_row_is_finished(tmp_path: Path) -> None:
    results, world = Results(tmp_path / "r.json", FULL), WORLD
    for number, name in enumerate(ROWS):
        some = [float(label >= 2) + number * (i % 3) for i, label in enumerate(LABELS)]
        made = cells(name, some, None)
        by = made_by(CellKey(1.0, name, 0, 0), WORLD)
        results.made |= {key: cell | by for key, cell in made.items()}
    last = results.made.pop(f"1/{list(ROWS)[-1]}/0/1")
    other = Results(tmp_path / "r.json", FULL)
    results.write()
    assert best(other, world) == []
    stale = Results(tmp_path / "r.json", FULL)
    stale.made[f"1/{last['row']}/0/1"] = last | {"code": "old"}
    stale.write()
    assert best(other, world) == []
    results.made[f"1/{last['row']}/0/1"] = last
    results.write()
    assert best(other, world)[0] == OURS
    assert len(best(other, world)) == 3


def test_words_are_not_code(tmp_path: Path) -> None:
    file, settings = tmp_path / "a.py", tmp_path / "a.toml"
    file.write_text('"""First."""\n\ndef f(x):\n    """Two."""\n    return x + 1\n')
    settings.write_text("a = 1\n")
    before = code_hash([file, settings])
    file.write_text("# a word\ndef f(x):\n\n    return (x + 1)  # another\n")
    settings.write_text("a = 1  # a word\n")
    assert code_hash([settings, file]) == before
    file.write_text("def f(x):\n    return x + 2\n")
    assert code_hash([file, settings]) != before
    file.write_text("def f(x):\n    return x + 1\n")
    settings.write_text("a = 2\n")
    assert code_hash([file, settings]) != before


def test_a_cell_depends_on_its_own_row_whatever_its_meaning() -> None:
    row = ROWS["plus_contrast_teacher"]
    assert code_of(replace(row, meaning="in other words")) == code_of(row)
    assert code_of(replace(row, changes={"teacher.weight": 0.6})) != code_of(row)
    assert code_of(replace(row, label_share=0.5)) != code_of(row)
    assert code_of(replace(row, others=9)) != code_of(row)
    assert code_of(replace(row, others_effect=0.5)) != code_of(row)
    assert code_of(replace(row, measuring={"pretrain.epochs": 9})) != code_of(row)


def test_of_a_cohort_that_nothing_is_tested_on_every_visit_trains_or_validates() -> None:
    others = object.__new__(World)
    others.visits, others.plan = VISITS, replace(FULL, folds=2)
    others.folds = women_folds(VISITS, others.plan)
    found = others.learning()
    assert sorted([*found.train, *found.validation], key=VISITS.index) == list(VISITS)
    assert found.validation
    assert found.test == ()


def test_a_row_pretrained_elsewhere_is_known_by_that_cohort_too() -> None:
    elsewhere, here = (CellKey(1.0, name, 0, 0) for name in (OURS, "minus_measuring"))
    assert made_by(elsewhere, WORLD)["others"] == "o"
    assert made_by(elsewhere, WORLD)["cohort"] == made_by(here, WORLD)["cohort"] == "w"
    assert "others" not in made_by(here, WORLD)


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


def test_a_kept_model_is_of_its_validation_visits() -> None:
    world: Any = SimpleNamespace(work=Path("w"), cohort_id="w")
    key, fewer = CellKey(1.0, OURS, 0, 0), FoldVisits(VISITS, VISITS[:8], ())
    whole = FoldVisits(VISITS, VISITS, ())
    assert model_place("a", [], whole, world, key) != model_place("a", [], fewer, world, key)


def test_a_kept_model_costs_what_its_trainings_cost_whoever_needs_it(tmp_path: Path) -> None:
    recipe = recipe_of(ROWS["tiny"], QUICK_WORLD, 0)

    def trained_for(seconds: float) -> Callable[[ScreeningModel], ScreeningModel]:
        def train(model: ScreeningModel) -> ScreeningModel:
            end = time.process_time() + seconds
            while time.process_time() < end:
                pass
            time.sleep(0.5)  # the processor was free for others
            return model

        return train

    def pretrained() -> Kept:
        first = Kept(new_model(recipe), 0.0, 0.0)
        return kept_model(tmp_path / "pretrained", lambda: first, trained_for(0.2))

    first = kept_model(tmp_path / "one", pretrained, trained_for(0.1))
    assert first.seconds == pytest.approx(0.3, abs=0.1)
    assert first.earlier == 0.0
    second = kept_model(tmp_path / "another", pretrained, trained_for(0.1))
    assert second.seconds == pytest.approx(0.3, abs=0.1)
    assert second.earlier == pytest.approx(0.2, abs=0.1)
    again = kept_model(tmp_path / "one", pretrained, trained_for(9.0))
    assert again.seconds == again.earlier == pytest.approx(first.seconds, abs=0.01)


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_a_recipe_that_can_be_trained(name: str) -> None:
    recipe = recipe_of(ROWS[name], QUICK_WORLD, 5)
    assert (recipe.pretrain.seed, recipe.finetune.seed) == (5, 5)
    for path, value in ROWS[name].changes.items():
        found: Any = recipe
        for part in path.split("."):
            found = getattr(found, part)
        assert found == (tuple(value) if isinstance(value, list) else value)
    smoke: Any = SimpleNamespace(recipe=load_recipe(RECIPE), plan=SMOKE)
    short = recipe_of(ROWS[name], smoke, 5)
    assert (short.pretrain.epochs, short.finetune.epochs) == (SMOKE.epochs, SMOKE.epochs)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.others])
def test_a_row_measures_with_a_network_of_its_size(name: str) -> None:
    row = ROWS[name]
    measuring, recipe = measuring_of(row, QUICK_WORLD, 5), recipe_of(row, QUICK_WORLD, 5)
    assert model_size(measuring) == model_size(recipe)
    assert measuring.pretrain.seed == 5
    assert not measuring.pretrain.sees_labels
    told = measuring.pretrain.learns_truth
    assert told is (name != "minus_truth")
    own = load_recipe(MEASURING).pretrain
    if not row.measuring:
        assert measuring.pretrain == replace(own, seed=5, threads=1)


def test_what_starts_from_scratch_trains_as_long_as_contrast_and_labels_together() -> None:
    both = recipe_of(ROWS["minus_measuring"], QUICK_WORLD, 0)
    learned = [row for row in ROWS.values() if row.changes]
    scratch = [row for row in learned if not row.pretrained and not row.others]
    assert len(scratch) == 6  # the lineage, the predecessor and its three shares, ours
    for row in scratch:
        settings = recipe_of(row, QUICK_WORLD, 0).finetune
        assert settings.epochs == both.pretrain.epochs + both.finetune.epochs
        rates = settings.joining_learning_rate, settings.encoder_learning_rate
        assert rates == (both.pretrain.learning_rate,) * 2


def test_ours_learns_as_the_bundle_that_ships() -> None:
    found, shipped = recipe_of(ROWS[OURS], QUICK_WORLD, 0), load_recipe(SHIPPED)
    own = replace(shipped.finetune, threads=1, max_windows=found.finetune.max_windows)
    assert found.finetune == own
    assert found.model == shipped.model == load_recipe(MEASURING).model


def test_options_of_contrast_learn_from_the_training_women_after_measuring() -> None:
    of_contrast = [row for name, row in ROWS.items() if name.startswith("plus_contrast")]
    assert len(of_contrast) > 15
    for row in of_contrast:
        assert row.pretrained
        assert row.others == ROWS[OURS].others
    assert not ROWS[OURS].pretrained


def told(number: int, label: int, draw: np.random.Generator) -> Visit:
    """A visit of which everything is known that a control is given; its rhythm tells the class."""
    known = SimpleNamespace(
        recording_id=f"R{number}",
        participant_id=f"W{number}",
        gestational_age_days=250.0 + draw.normal(),
        maternal_age_years=30.0 + draw.normal(),
        bmi_kg_m2=None if number % 3 else 25.0,
    )
    rhythm = (140.0 + label + draw.normal(), 5.0 + label + draw.normal(), 5.0 + draw.normal())
    facts: Any = (known, label, (0,), 0, 0, 1, (1.0, 0.0), *rhythm)
    return Visit(*facts)


@pytest.mark.parametrize("name", ["rhythm_logistic", "rhythm_boosting", "age_ga_bmi"])
def test_a_control_says_rare_classes_too_and_how_much_it_learned(name: str) -> None:
    draw = np.random.default_rng(0)
    labels = draw.choice(4, size=900, p=(0.6, 0.2, 0.14, 0.06))
    every = [told(number, int(label), draw) for number, label in enumerate(labels)]
    visits = FoldVisits(tuple(every[:500]), tuple(every[500:600]), tuple(every[600:]))
    nothing: Any = None
    found = features(ROWS[name], visits, nothing, CellKey(1.0, name, 0, 0))
    assert found.classes is not None
    assert len(found.classes) == len(found.test) == 300
    share = np.bincount(found.classes, minlength=4) / 300
    assert share[3] > 0.06  # an unweighted one hardly ever says it
    assert share[0] < 0.6
    # Three features and an intercept for the end point and for each class; or leaves of trees.
    assert found.parameters > 1_000 if name == "rhythm_boosting" else found.parameters == 20


def test_logits_that_learned_the_prior_are_rid_of_it_once() -> None:
    labels = np.array([0] * 59 + [1] * 19 + [2] * 13 + [3] * 5)  # and one imaginary of each
    logits = np.log([[0.6, 0.2, 0.14, 0.06 * 1.1]])
    assert adjusted_classes(logits, labels).tolist() == [3]
    assert adjusted_classes(logits, labels, 1.0).tolist() == [0]


def test_numbers_of_views_that_are_not_heard_are_not_counted() -> None:
    every, one = (new_model(recipe_of(ROWS[n], QUICK_WORLD, 0)) for n in (OURS, SUPERVISED))
    unheard = ("envelope.", "rhythm.", "fusion.project.1.", "fusion.project.2.")
    learned = {n: p.numel() for n, p in every.named_parameters() if p.requires_grad}
    assert learned_numbers(every) == sum(learned.values())
    idle = sum(count for name, count in learned.items() if name.startswith(unheard))
    of_mean = 2 * every.size.embedding * every.average.measure.out_features  # columns of two views
    assert learned_numbers(one) == sum(learned.values()) - idle - of_mean
    assert idle > 10_000


def clouds(labels: np.ndarray, units: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Embeddings that lie around a corner of their class, and beside it a corner of their unit."""
    places = np.concatenate([np.eye(4)[labels], np.eye(2)[units]], axis=1)
    return (places + 0.1 * draw.normal(size=places.shape)).astype(np.float32)


def clouded(draw: np.random.Generator) -> tuple[Trained, FoldVisits]:
    """What a network would have made of visits whose class and unit it hears, rare ones too."""
    parts, scores = [], []
    for count in (200, 50, 60):
        labels = np.arange(count) % 20 % 7 % 4
        units = draw.integers(2, size=count)
        part = tuple(visit(number, int(label)) for number, label in enumerate(labels))
        for one, unit in zip(part, units, strict=True):
            vars(one.recording)["device_id"] = f"U{unit}"
        parts.append(part)
        scores.append(Scores(np.zeros((count, 4), np.float32), clouds(labels, units, draw)))
    model = new_model(recipe_of(ROWS["tiny"], QUICK_WORLD, 0))
    train, validation, test = scores
    return Trained(train, validation, test, parts[0], model, 1.0, 3.0), FoldVisits(*parts)


@pytest.mark.parametrize("decide", [by_centroids, by_bank])
def test_alike_visits_decide(decide: Callable[[Trained, np.ndarray], Prediction]) -> None:
    heard, visits = clouded(np.random.default_rng(0))
    found = decide(heard, labels_of(visits))
    truth = np.array([one.label for one in visits.test])
    assert found.classes is not None
    assert found.classes.tolist() == truth.tolist()
    assert found.test[truth >= 2].min() > found.test[truth < 2].max()
    assert found.earlier_s == 3.0


def test_a_bank_without_the_class_that_it_found_no_longer_says_it() -> None:
    heard, visits = clouded(np.random.default_rng(0))
    labels = labels_of(visits)
    kept = labels != 3
    fewer = Scores(heard.train.logits[kept], heard.train.embeddings[kept])
    whole, without = by_bank(heard, labels), by_bank(heard._replace(train=fewer), labels[kept])
    severe = np.array([one.label == 3 for one in visits.test])
    assert severe.sum() >= 3
    assert (without.test[severe] < whole.test[severe] - 0.1).all()
    assert np.allclose(without.test[~severe], whole.test[~severe], atol=0.05)


def test_a_unit_that_the_embedding_knows_is_told_and_one_that_it_does_not_is_not() -> None:
    heard, visits = clouded(np.random.default_rng(0))
    assert device_probe(heard, visits) == [1.0, 0.5]
    train, test = (replace(x, embeddings=x.embeddings[:, :4]) for x in (heard.train, heard.test))
    told, chance = device_probe(heard._replace(train=train, test=test), visits)
    assert chance == 0.5
    assert abs(told - chance) < 0.2


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


@pytest.mark.slow
def test_the_smoke_form_as_called(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.hypertension", "--smoke", "--json"]
    done = subprocess.run(
        [*command, "--work", str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1_200,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["simulated"] is True
    rows = found["table"]["effect_1"]
    assert set(rows) == {"oracle", "oracle_history", *SMOKE_ROWS}
    for name in SMOKE_ROWS:
        row = rows[name]
        assert 0.0 < row["auroc"]["low"] < row["auroc"]["high"] < 1.0, name
        assert 0.0 <= row["worst_class_recall"] <= row["balanced_accuracy"] <= 1.0, name
        assert row["seconds"] > 0, name
        assert row["parameters"] > 0, name
    # What rests on a kept model is not cheaper than it.
    assert rows["centroids_only"]["seconds"] >= 0.9 * rows[OURS]["seconds"] > 1.0
    for name in ("reidentification", "device_probe"):
        assert 0.0 <= rows[OURS][name] <= 1.0
        assert 0.0 < rows[OURS][f"{name}_by_chance"] < 1.0
    worst = rows[OURS]["worst_subset_auroc"]
    assert len(worst["by_views"]) == 2 ** len(VIEWS) - 1
    assert 0.0 < worst["value"] <= worst["by_views"]["+".join(VIEWS)] < 1.0
