"""Encoders that stay as they are: what is kept of a visit, and a training that rests on it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.batches import choose
from fetal_hemo.training.encoded import EncodedVisits, encode_visits
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.train_classifier import train_classifier

STAYS = {
    "training": {"checkpoint_s": 0},
    "finetune": {
        "epochs": 4,
        "max_windows": 3,
        "augment": False,
        "learning_rate": 0.05,
        "joining_learning_rate": 0.01,
        "encoder_learning_rate": 0.0,
    },
}


@pytest.fixture
def visits(surveyed) -> tuple[Visit, ...]:
    return tuple(visit for visit in surveyed.found.visits if visit.label >= 0)


@pytest.fixture
def model(smallest) -> ScreeningModel:
    return new_objective(smallest(**STAYS)).model


@pytest.fixture
def encoded(surveyed, visits, model) -> EncodedVisits:
    return encode_visits(model, KeptSignals(surveyed.cohort, None), visits[:4])


def test_scores_are_those_of_sound_heard_again(surveyed, visits, model, encoded) -> None:
    heard = score_visits(model, KeptSignals(surveyed.cohort, None), visits[:4])
    kept = score_visits(model, encoded, visits[:4])
    assert (heard.logits == kept.logits).all()
    assert (heard.embeddings == kept.embeddings).all()


def test_a_batch_holds_the_windows_that_were_chosen(surveyed, visits, model, encoded) -> None:
    """Window by window: drawn ones are found by their place among the usable ones."""
    chosen = choose(visits[:4], 3, torch.Generator().manual_seed(1))
    batch = encoded.load(chosen)
    heard = KeptSignals(surveyed.cohort, None).load(chosen)
    assert torch.equal(batch.window_mask, heard.window_mask)
    assert torch.equal(batch.start_s, heard.start_s)
    with torch.no_grad():
        expected = encoded_again(model, heard)
    torch.testing.assert_close(batch.view_embeddings, expected, rtol=1e-4, atol=1e-5)
    assert len(batch.view_embeddings.flatten(0, 1).unique(dim=0)) == sum(map(len, chosen.windows))


def encoded_again(model: ScreeningModel, batch) -> torch.Tensor:
    """`(visits, windows, views, dim)` of signals; all windows are there."""
    assert batch.window_mask.all()
    return model.eval().encode_views(batch.signals).embeddings.unflatten(0, batch.window_mask.shape)


def test_training_moves_all_but_the_encoders(
    surveyed, visits, model, smallest, tmp_path: Path
) -> None:
    """Nor are the running statistics of their norms those of other women."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with start_run(tmp_path / "run", "finetune", smallest(**STAYS), surveyed.cohort, False) as run:
        folds = Folds(visits[:6], visits[6:10])
        history = train_classifier(run, surveyed.cohort, folds, model, smallest(**STAYS))
    moved = {n for n, value in model.state_dict().items() if not torch.equal(value, before[n])}
    assert {name.split(".")[0] for name in moved} == {
        "fusion",
        "recording",
        "average",
        "classifier",
    }
    assert not any(name.startswith(VIEWS) for name in moved)
    assert history[-1]["loss"] < history[0]["loss"]
    assert not (run.path / "signals").exists()


def test_a_stopped_training_ends_with_the_same_bits(
    surveyed, visits, smallest, tmp_path: Path
) -> None:
    """Stopped after its second step, of the first epoch or another."""

    def trained(folder: Path, resume: bool, stop_at: int = -1) -> dict[str, torch.Tensor]:
        recipe = smallest(**STAYS)
        model = new_objective(recipe).model

        def progress(done: int, total: int) -> None:
            if (done, total) == (stop_at, 4):
                raise KeyboardInterrupt

        with start_run(folder, "finetune", recipe, surveyed.cohort, resume) as run:
            folds = Folds(visits[:6], visits[6:10])
            train_classifier(run, surveyed.cohort, folds, model, recipe, progress)
        return model.state_dict()

    whole = trained(tmp_path / "whole", False)
    with pytest.raises(Exception, match="stopped after 2 of 4 epochs"):
        trained(tmp_path / "stopped", False, 2)
    again = trained(tmp_path / "stopped", True)
    assert all(torch.equal(value, whole[name]) for name, value in again.items())


def test_a_teacher_of_another_size_hears_for_itself(
    surveyed, visits, model, smallest, tmp_path: Path
) -> None:
    """What the student's encoders made of a visit would say nothing to it."""
    large = {"width": 16, "embedding": 16, "recording_embedding": 16}
    teacher = new_objective(smallest(model=large)).model
    recipe = smallest(**STAYS)
    with start_run(tmp_path / "run", "finetune", recipe, surveyed.cohort, False) as run:
        folds = Folds(visits[:4], visits[4:6])
        history = train_classifier(run, surveyed.cohort, folds, model, recipe, teacher=teacher)
    assert history[0]["teaching"] > 0
