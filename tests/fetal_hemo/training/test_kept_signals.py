"""Kept signals are those that would be heard, whatever was there before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.training import kept_signals
from fetal_hemo.training.batches import choose
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.sources import Sound
from fetal_hemo.training.train_classifier import train_classifier

SMALL = {"finetune": {"epochs": 2, "augment": False, "max_windows": 3, "threads": 1}}


def drawn() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_first_kept_and_unkept_are_the_same_bits(surveyed, tmp_path: Path) -> None:
    cohort, found = surveyed
    chosen = choose(found.visits[:3], 5, drawn())
    batches = [KeptSignals(cohort, folder).load(chosen) for folder in (None, tmp_path, tmp_path)]
    assert len(list(tmp_path.iterdir())) == 3
    for batch in batches[1:]:
        for kept, heard in zip(batch.signals, batches[0].signals, strict=True):
            assert torch.equal(kept, heard)
    assert batches[0].signals.scalogram.shape[0] == 15
    assert batches[0].samples.shape == (3, 5, 0)


def test_a_score_differs_from_that_of_sound_by_rounding_only(
    surveyed, smallest, tmp_path: Path
) -> None:
    cohort, found = surveyed
    model = new_objective(smallest()).model
    scores = [
        score_visits(model, source, found.visits[:4]).logits
        for source in (Sound(cohort), KeptSignals(cohort, tmp_path))
    ]
    assert abs(scores[0] - scores[1]).max() < 1e-3
    assert abs(scores[0]).max() > 0.05


def test_training_ends_with_the_same_bits_with_and_without_a_folder(
    surveyed, smallest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort, found = surveyed
    visits = [visit for visit in found.visits if visit.label >= 0]
    folds, recipe = Folds(tuple(visits[:6]), tuple(visits[6:10])), smallest(**SMALL)
    ends = []
    for name in ("first", "again", "unkept"):
        if name == "unkept":
            monkeypatch.setattr(KeptSignals, "_windows", KeptSignals._heard)
        run = start_run(tmp_path / name, "finetune", recipe, cohort, False)
        model = new_objective(recipe).model
        history = train_classifier(run, cohort, folds, model, recipe, signals=tmp_path / "kept")
        ends.append((history, model.state_dict()))
    assert len(list((tmp_path / "kept").iterdir())) == 10
    for history, state in ends[1:]:
        assert history == ends[0][0]
        assert all(torch.equal(value, ends[0][1][name]) for name, value in state.items())


def test_in_a_run_they_are_there_only_while_it_trains(surveyed, smallest, tmp_path: Path) -> None:
    cohort, found = surveyed
    visits = tuple(visit for visit in found.visits if visit.label >= 0)
    run = start_run(tmp_path / "run", "finetune", smallest(**SMALL), cohort, False)
    model = new_objective(smallest(**SMALL)).model
    train_classifier(run, cohort, Folds(visits[:4], visits[4:6]), model, smallest(**SMALL))
    assert not (run.path / "signals").exists()


def test_other_audio_or_other_code_is_heard_anew(
    surveyed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "cohort"
    shutil.copytree(surveyed.cohort.folder, copy)
    cohort, visits = open_cohort(copy), surveyed.found.visits[:2]
    chosen, kept = choose(visits[:1], 3, drawn()), tmp_path / "kept"
    before = KeptSignals(cohort, kept).load(chosen).signals
    first, second = (cohort.audio_path(visit.recording) for visit in visits)
    shutil.copy(second, first)
    after = KeptSignals(cohort, kept).load(chosen).signals
    assert not torch.equal(before.scalogram, after.scalogram)
    assert len(list(kept.iterdir())) == 2
    monkeypatch.setattr(kept_signals, "code_sha256", lambda: "another front end")
    KeptSignals(cohort, kept).load(chosen)
    assert len(list(kept.iterdir())) == 3
