"""A larger network teaches a smaller one: the loss against the formula, and that it is heard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.model_file import MODEL, save_model
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.teaching import TEMPERATURE, teacher_facts, teaching_loss
from fetal_hemo.training.train_classifier import train_classifier

SPLIT, HASH = "5" * 64, "6" * 64


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(4))


def test_nothing_to_learn_from_equals() -> None:
    logits = drawn(7, 4)
    assert float(teaching_loss(logits, logits + 3.0)) == pytest.approx(0.0, abs=1e-6)


def test_the_loss_is_the_divergence_of_the_formula_in_float64() -> None:
    student, teacher = drawn(2, 7, 4).double()
    p, q = (torch.softmax(logits / TEMPERATURE, dim=1) for logits in (teacher, student))
    expected = TEMPERATURE**2 * (p * (p / q).log()).sum(dim=1).mean()
    torch.testing.assert_close(teaching_loss(student, teacher), expected)


def test_a_student_comes_nearer_to_what_its_teacher_says(
    surveyed, smallest, tmp_path: Path
) -> None:
    """The teacher has random weights and a sharp opinion: labels do not lead there."""
    cohort, found = surveyed
    visits: tuple[Visit, ...] = tuple(visit for visit in found.visits if visit.label >= 0)[:10]
    teacher = new_objective(smallest(pretrain={"seed": 9})).model.eval()
    with torch.no_grad():
        teacher.classifier.bias += torch.tensor([0.0, 0.0, 3.0, 0.0])
    apart = {}
    for weight in (0.01, 10.0):
        settings = {"epochs": 4, "recordings_per_batch": 2, "augment": False, "max_windows": 4}
        recipe = smallest(finetune=settings | {"teacher_weight": weight, "learning_rate": 1e-2})
        run = start_run(tmp_path / f"{weight}", "finetune", recipe, cohort, False)
        model, folds = new_objective(recipe).model, Folds(visits[:8], visits[8:])
        history = train_classifier(run, cohort, folds, model, recipe, teacher=teacher)
        apart[weight] = history[-1]["teaching"] / weight
    assert apart[10.0] < 0.7 * apart[0.01]


def made_run(path: Path, stage: str, **facts: object) -> Path:
    path.mkdir()
    known = {"stage": stage, "status": "finished", "simulated": True, "splits_sha256": SPLIT}
    known |= {"data_hash": HASH, "learned_from": {"1" * 64: False}}
    (path / "run.json").write_text(json.dumps(known | facts))
    return path


def test_a_teacher_is_told_of_in_the_run(smallest, tmp_path: Path) -> None:
    run = made_run(tmp_path / "run", "finetune")
    save_model(new_objective(smallest()).model, run / MODEL)
    facts = teacher_facts(run, SPLIT)
    assert facts["teacher_learned_from"] == {"1" * 64: False, HASH: True}
    assert len(facts["teacher"]) == 64


def test_a_taught_run_is_not_resumed_untaught(surveyed, smallest, tmp_path: Path) -> None:
    teacher = made_run(tmp_path / "run", "finetune")
    save_model(new_objective(smallest()).model, teacher / MODEL)
    taught, untaught = teacher_facts(teacher, SPLIT), teacher_facts(None, SPLIT)
    for first, then in ((taught, untaught), (untaught, taught)):
        out = tmp_path / f"{first['teacher']}"
        with start_run(out, "finetune", smallest(), surveyed.cohort, False, **first):
            pass
        with pytest.raises(FetalHemoError, match="the interrupted run differs in teacher"):
            start_run(out, "finetune", smallest(), surveyed.cohort, True, **then)
        with start_run(out, "finetune", smallest(), surveyed.cohort, True, **first):
            pass


@pytest.mark.parametrize(
    ("stage", "split", "code"), [("pretrain", SPLIT, "E-RUN"), ("finetune", "6" * 64, "E-SPLIT")]
)
def test_who_may_not_teach(tmp_path: Path, stage: str, split: str, code: str) -> None:
    run = made_run(tmp_path / "run", stage)
    with pytest.raises(FetalHemoError) as refused:
        teacher_facts(run, split)
    assert refused.value.code == code
