"""The teacher in pretraining: a slow copy of the model that sees each visit by single views."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fetal_hemo.constants import VIEWS
from fetal_hemo.contrast import SIMILARITIES, agreement_weights, ema_teacher, self_distillation
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.signals import Signals
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.objective import spread
from fetal_hemo.training.visit_losses import VisitViews


class Teacher(nn.Module):
    """How far a student is from its slow copy, a scalar; less where the copy's views disagree.

    The logits are similarities to the class points, over the temperature. The teacher sees one
    augmented copy, whole, by each view alone; the student both halves of the visit. Call `follow`
    after each step.
    """

    def __init__(self, student: ScreeningModel, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.average = ema_teacher(student, recipe.teacher.momentum)

    def train(self, mode: bool = True) -> Teacher:
        """The teacher, never in training mode: its normalisation follows the student's."""
        super().train(False)
        return self

    def follow(self, student: ScreeningModel) -> None:
        """Move a little towards the student."""
        self.average.update_parameters(student)

    def forward(self, signals: Signals, batch: Batch, visits: VisitViews) -> Tensor:
        settings = self.recipe.teacher
        student = torch.stack([self._logits(z, visits) for z in (visits.first, visits.second)], 1)
        with torch.no_grad():
            seen = self._by_single_views(signals, batch)
            told = torch.stack([self._logits(z, visits) for z in seen], dim=1)
            weights = agreement_weights(told, settings.gamma, settings.spread, settings.form)
        return self_distillation(student, told, weights)

    def _by_single_views(self, signals: Signals, batch: Batch) -> list[Tensor]:
        """The visits' embeddings `(visits, dim)`, once for each view that the model offers."""
        model, size = self.average.module, batch.window_mask.shape
        assert isinstance(model, ScreeningModel)
        embeddings = spread(model.encode_views(signals).embeddings, batch)
        single = torch.eye(len(VIEWS))[model.offered > 0]
        masks = single[:, None, None].expand(-1, *size, -1)
        return [
            model.encode_recording(embeddings, batch.start_s, mask, batch.window_mask).embedding
            for mask in masks
        ]

    def _logits(self, embeddings: Tensor, visits: VisitViews) -> Tensor:
        assert visits.points is not None, "a rule of the recipe asks for a loss that has points"
        settings = self.recipe.pretrain
        similarity = SIMILARITIES[settings.similarity]
        return similarity(embeddings, visits.points) / settings.temperature
