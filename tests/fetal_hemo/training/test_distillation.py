"""The teacher follows its student, slowly, and is never trained itself."""

from __future__ import annotations

from pathlib import Path

import torch


def test_the_teacher_is_slower_than_its_student(trained, smallest, tmp_path: Path) -> None:
    recipe = smallest(teacher={"weight": 1.0, "momentum": 0.9})
    objective, _ = trained(tmp_path / "run", recipe)
    assert objective.teacher is not None
    learned = dict(objective.model.named_parameters())
    slow = dict(objective.teacher.average.module.named_parameters())
    name = "envelope.project.0.weight"
    assert not torch.equal(learned[name], slow[name])
    assert not any(parameter.requires_grad for parameter in slow.values())
    assert not objective.teacher.average.module.training
