"""Pretraining draws by class where a loss sees classes, and blindly where none may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.leakage import FITTED, read_fitted
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.randomness import generator

BLIND: dict[str, dict[str, Any]] = {
    "no visit loss": {"visit_loss": "off"},
    "no weight": {"prototype_weight": 0.0},
    "physiology alone": {"view_loss": "off", "visit_loss": "off", "physiology_weight": 1.0},
    "events": {"visit_loss": "off", "events_weight": 1.0},
}
SEEING: dict[str, dict[str, Any]] = {
    "default": {},
    "rank alone": {"visit_loss": "off", "rank_weight": 0.1},
}


def drawn(surveyed, recipe: Recipe, turned: int) -> list[list[tuple[str, list[int]]]]:
    """Recordings and windows of an epoch's batches, the labels moved on by so many visits."""
    visits = surveyed.found.visits
    labels = [visit.label for visit in visits]
    assert len(set(labels)) > 1
    moved = [*labels[turned:], *labels[:turned]]
    told = [replace(v, label=y) for v, y in zip(visits, moved, strict=True)]
    feed = ContrastBatches(surveyed.cohort, told, recipe).training()
    return [
        [(v.recording.recording_id, w) for v, w in zip(some.visits, some.windows, strict=True)]
        for some in feed.choose(generator(0, "batches"))
    ]


@pytest.mark.parametrize("choice", BLIND)
def test_where_no_label_may_be_seen_other_labels_draw_the_same(
    surveyed, smallest, choice: str
) -> None:
    recipe = smallest(pretrain=BLIND[choice])
    assert not recipe.pretrain.sees_labels
    assert drawn(surveyed, recipe, 0) == drawn(surveyed, recipe, 3)


@pytest.mark.parametrize("choice", SEEING)
def test_a_loss_that_sees_labels_draws_by_them(surveyed, smallest, choice: str) -> None:
    recipe = smallest(pretrain=SEEING[choice])
    assert recipe.pretrain.sees_labels
    assert drawn(surveyed, recipe, 0) != drawn(surveyed, recipe, 3)


def test_draws_by_class_can_be_turned_off(surveyed, smallest) -> None:
    recipe = smallest(pretrain={"balanced_draws": False})
    assert recipe.pretrain.sees_labels
    assert drawn(surveyed, recipe, 0) == drawn(surveyed, recipe, 3)


@pytest.mark.parametrize("choice", [*BLIND, *SEEING])
def test_what_a_run_writes_down_of_labels_is_so(
    trained, smallest, tmp_path: Path, choice: str
) -> None:
    """And pretraining once, on test women too, is refused to recipes that see labels or truth."""
    recipe = smallest(pretrain={**(BLIND | SEEING)[choice], "epochs": 0})
    trained(tmp_path / "run", recipe)
    fitted = read_fitted(tmp_path / "run" / FITTED)
    sees = choice in SEEING or choice in ("physiology alone", "events")  # truth goes with pressure
    assert {one.used_labels for one in fitted if one.stage == "pretrained encoders"} == {sees}
    once = {"study": {"pretraining": "once"}, "pretrain": (BLIND | SEEING)[choice]}
    if sees:
        with pytest.raises(FetalHemoError, match="must see no label"):
            smallest(**once)
    else:
        smallest(**once)
