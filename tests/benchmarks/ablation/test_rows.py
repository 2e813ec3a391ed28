"""Every row is a recipe: what they have in common and what tells them apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.ablation.plan import SMOKE
from benchmarks.ablation.row_recipes import measuring_of, recipe_of
from benchmarks.ablation.rows import MEASURING, OURS, RECIPE, ROWS
from fetal_hemo.recipe import load_recipe
from fetal_hemo.training.pretrain import model_size
from tests.benchmarks.ablation.planted import QUICK_WORLD

SHIPPED = Path(__file__).resolve().parents[3] / "recipes" / "default_bundle.toml"


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
