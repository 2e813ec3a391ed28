"""Pretraining without augmentation: sound is heard once, and one copy stands for both."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from torch import Tensor

from fetal_hemo.recipe import Recipe
from fetal_hemo.settings_augment import AugmentChance
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.pretrain import new_objective, train
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.sources import SIGNALS, source_of

WHOLE = {"view_dropout": 0.0}  # a hidden view is drawn after what augmentation draws


@pytest.fixture
def unaugmented(smallest) -> Recipe:
    return smallest(pretrain={"augment": False, "physiology_weight": 1.0}, model=WHOLE)


def losses(surveyed, recipe: Recipe, folder: Path) -> dict[str, Tensor]:
    """Losses of the first batch."""
    source = source_of(surveyed.cohort, recipe.pretrain.augment, folder)
    feed = ContrastBatches(surveyed.cohort, surveyed.found.visits, recipe, source).training()
    batch = next(feed.epoch(generator(0, "batches")))
    found = new_objective(recipe).eval()(batch, generator(0, "step"))
    return {name: loss.detach() for name, loss in found.items()}


def test_it_is_training_on_sound_that_meets_no_augmentation(
    surveyed, unaugmented, tmp_path
) -> None:
    never = replace(
        unaugmented.augment, chance=AugmentChance(*[0.0 for _ in fields(AugmentChance)])
    )
    augments = replace(unaugmented.pretrain, augment=True)
    sound = losses(surveyed, replace(unaugmented, augment=never, pretrain=augments), tmp_path)
    kept = losses(surveyed, unaugmented, tmp_path)
    assert kept.keys() == sound.keys() == {"view", "visit", "physiology"}
    for name, loss in kept.items():  # what is kept is float16
        assert float(loss) == pytest.approx(float(sound[name]), rel=1e-3)


def test_each_recording_is_heard_once_and_kept_while_it_trains(
    surveyed, unaugmented, tmp_path
) -> None:
    visits = surveyed.found.visits[:6], surveyed.found.visits[6:9]

    def run_with(name: str, shared: Path | None) -> None:
        with start_run(tmp_path / name, "pretrain", unaugmented, surveyed.cohort, False) as run:
            train(run, surveyed.cohort, *visits, unaugmented, signals=shared)
        assert not (tmp_path / name / SIGNALS).exists()

    def heard() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir()}

    run_with("alone", None)
    run_with("first", tmp_path / "kept")
    first = heard()
    run_with("next", tmp_path / "kept")
    assert len(first) == 9
    assert heard() == first
