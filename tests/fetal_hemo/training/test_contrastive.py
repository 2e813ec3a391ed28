"""Views that dropout hides: hidden from visits always, from the view loss where a recipe asks."""

from __future__ import annotations

from typing import Any

import torch

from fetal_hemo.training.batches import choose, load_chosen
from fetal_hemo.training.contrast_batches import ContrastBatch
from fetal_hemo.training.contrastive import Encoded
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.visit_columns import CohortColumns


@torch.no_grad()
def encoded(surveyed, recipe) -> tuple[Encoded, dict[str, float]]:
    """The first batch of three visits, one of which has fewer windows, and its losses."""
    visits = surveyed.found.visits[:3]
    chosen = choose(visits, 4, None)
    chosen = chosen._replace(windows=(*chosen.windows[:2], chosen.windows[2][:3]))
    columns = CohortColumns(visits, recipe.pairs).of(visits)
    batch = ContrastBatch(load_chosen(surveyed.cohort, chosen), columns)
    objective, draw = new_objective(recipe).train(), torch.Generator().manual_seed(0)
    found = objective.encode(batch, draw)
    return found, {k: float(v) for k, v in objective.losses(found, batch, draw).items()}


def made(smallest, sees: bool, share: float, **pretrain: Any) -> Any:
    """A recipe with so much view dropout."""
    chosen = {"view_loss_sees_dropout": sees, **pretrain}
    return smallest(model={"view_dropout": share}, pretrain=chosen)


def test_the_view_loss_sees_what_the_recipe_says_and_visits_stay_the_same(
    surveyed, smallest
) -> None:
    blind, losses = encoded(surveyed, made(smallest, False, 0.5))
    seeing, others = encoded(surveyed, made(smallest, True, 0.5))
    assert blind.windows is not None
    assert blind.windows.kept is None
    assert seeing.windows is not None
    assert seeing.windows.kept is not None
    for mask in seeing.windows.kept:
        assert mask.shape == seeing.windows.first.shape[:2] == (11, 3)
        assert (mask.sum(dim=1) >= 1).all()
        assert 0 < mask.mean() < 1
    assert others["view"] != losses["view"]
    assert others["visit"] == losses["visit"]  # the same draws, used once more


def test_without_dropout_there_is_nothing_to_see(surveyed, smallest) -> None:
    assert (
        encoded(surveyed, made(smallest, True, 0.0))[1]
        == (encoded(surveyed, made(smallest, False, 0.0))[1])
    )


def test_of_two_views_and_no_visit_loss_masks_are_of_those_two(surveyed, smallest) -> None:
    recipe = smallest(
        model={"view_dropout": 0.5, "views": ["envelope", "rhythm"]},
        pretrain={"view_loss_sees_dropout": True, "visit_loss": "off"},
    )
    found, losses = encoded(surveyed, recipe)
    assert found.windows is not None
    assert found.windows.kept is not None
    assert {mask.shape for mask in found.windows.kept} == {(11, 2)}
    assert all((mask.sum(dim=1) >= 1).all() for mask in found.windows.kept)
    assert set(losses) == {"view"}
