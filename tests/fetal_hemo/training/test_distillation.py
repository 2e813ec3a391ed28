"""The teacher follows its student, slowly, and is never trained itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from fetal_hemo.constants import VIEWS
from fetal_hemo.training.batches import choose, load_chosen
from fetal_hemo.training.pretrain import new_objective


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


@pytest.mark.parametrize("views", [["rhythm"], ["envelope", "rhythm"], list(VIEWS)])
def test_the_teacher_is_asked_for_the_views_that_it_has(
    surveyed, smallest, views: list[str]
) -> None:
    """What it would say without any view has no part in what it says, nor in how far it agrees."""
    recipe = smallest(
        model={"views": views}, pretrain={"view_loss": "off"}, teacher={"weight": 1.0}
    )
    objective = new_objective(recipe).eval()
    assert objective.teacher is not None
    visits = surveyed.found.visits[:3]
    batch = load_chosen(surveyed.cohort, choose(visits, 4, None))
    model = objective.teacher.average.module
    with torch.no_grad():
        signals = model.front_end.for_encoders(batch.samples.flatten(0, 1))
        found = objective.teacher._by_single_views(signals, batch)
        embeddings = model.encode_views(signals).embeddings.unflatten(0, (3, 4))
        for name, embedding in zip([v for v in VIEWS if v in views], found, strict=True):
            mask = torch.zeros(3, 4, len(VIEWS))
            mask[..., VIEWS.index(name)] = 1.0
            alone = model.encode_recording(embeddings, batch.start_s, mask, batch.window_mask)
            assert torch.equal(embedding, alone.embedding)
            assert embedding.std(dim=0).max() > 0  # it hears the visits, and they differ
