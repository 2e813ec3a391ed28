"""The supervised contrastive term of fine-tuning: balanced with prototypes, or without any."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from fetal_hemo.contrast import balanced_contrast, supervised_contrast
from fetal_hemo.evaluation.leakage import FITTED, read_fitted
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.batches import choose
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.train_classifier import train_classifier

SMALL = {"epochs": 1, "augment": False, "max_windows": 3, "threads": 1, "auxiliary_contrast": 0.3}


def made(smallest, loss: str) -> Recipe:
    recipe: Recipe = smallest(
        model={"view_dropout": 0.0}, finetune={**SMALL, "auxiliary_loss": loss}
    )
    return recipe


@pytest.mark.parametrize("loss", ["prototypes", "supcon"])
def test_the_term_is_the_loss_that_the_recipe_names(surveyed, smallest, loss: str) -> None:
    recipe = made(smallest, loss)
    visits = [visit for visit in surveyed.found.visits if visit.label >= 0][:8]
    labels = torch.tensor([visit.label for visit in visits])
    assert labels.bincount().max() > 1
    model = new_objective(recipe).model
    objective = ClassificationObjective(model, recipe, visits, generator(0, "prototypes")).eval()
    batch = KeptSignals(surveyed.cohort, None).load(choose(visits, 3, None))
    found = objective(batch, generator(0, "step"))["contrast"]
    every = torch.ones(8, 3, 3)
    views = objective.views(batch.signals, batch)
    embeddings = model.encode_recording(views, batch.start_s, every, batch.window_mask).embedding
    if loss == "supcon":
        assert objective.prototypes is None
        expected = supervised_contrast(embeddings, labels, 0.1)
    else:
        expected = balanced_contrast(embeddings, labels, objective.prototypes(), 0.1)
    assert found.item() == pytest.approx(0.3 * expected.item(), rel=1e-5)
    assert found.item() > 0


@pytest.mark.parametrize("loss", ["prototypes", "supcon"])
def test_prototypes_are_written_down_where_there_are_any(
    surveyed, smallest, tmp_path: Path, loss: str
) -> None:
    recipe = made(smallest, loss)
    visits = [visit for visit in surveyed.found.visits if visit.label >= 0]
    model = new_objective(recipe).model
    before = model.classifier.weight.clone()
    with start_run(tmp_path / "run", "finetune", recipe, surveyed.cohort, False) as run:
        folds = Folds(tuple(visits[:6]), tuple(visits[6:10]))
        history = train_classifier(run, surveyed.cohort, folds, model, recipe)
    assert history[0]["contrast"] > 0
    assert not torch.equal(model.classifier.weight, before)
    stages = {one.stage for one in read_fitted(tmp_path / "run" / FITTED)}
    assert ("class prototypes" in stages) == (loss == "prototypes")
    assert {"classifier", "class prior", "epoch"} <= stages
