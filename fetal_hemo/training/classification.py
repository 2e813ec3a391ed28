"""The fine-tuning objective: recordings -> logits -> logit-adjusted loss for a long tail."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.contrast import (
    Prototypes,
    balanced_contrast,
    class_log_prior,
    logit_adjusted_cross_entropy,
    supervised_contrast,
)
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.teaching import teaching_loss
from fetal_hemo.views import drop_views


class ClassificationObjective(Objective):
    """Losses of a batch of labelled recordings; the prior is that of the training visits."""

    log_prior: Tensor

    def __init__(
        self,
        model: ScreeningModel,
        recipe: Recipe,
        visits: Sequence[Visit],
        generator: torch.Generator,
    ) -> None:
        super().__init__(model, recipe)
        self.prototypes: Prototypes | None = None
        if recipe.finetune.auxiliary_loss == "prototypes":
            size = model.size.recording_embedding
            self.prototypes = Prototypes(len(BP_CLASSES), size, generator)
        labels = torch.tensor([visit.label for visit in visits])
        self.register_buffer("log_prior", class_log_prior(labels, len(BP_CLASSES)))

    def forward(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        settings, size = self.recipe.finetune, batch.window_mask.shape
        views = self._views(batch, generator)
        every = self.model.offered.expand(size.numel(), -1)
        kept = drop_views(every, self.recipe.model.view_dropout, generator).unflatten(0, size)
        output = self.model.encode_recording(views, batch.start_s, kept, batch.window_mask)
        contrast = self._contrast(output.embedding, batch.labels)
        losses = {
            "classification": logit_adjusted_cross_entropy(
                output.logits, batch.labels, self.log_prior, settings.logit_adjustment
            ),
            "contrast": settings.auxiliary_contrast * contrast,
        }
        if batch.teacher_logits is not None:
            taught = teaching_loss(output.logits, batch.teacher_logits)
            losses["teaching"] = settings.teacher_weight * taught
        return losses

    def _views(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """View embeddings `(visits, windows, views, dim)`, of what was not encoded before."""
        if batch.view_embeddings is not None:
            return batch.view_embeddings
        signals = batch.signals
        return self.views(self.hear(batch, generator) if signals is None else signals, batch)

    def _contrast(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Supervised contrast of recordings (arXiv 2605.03297), or its balanced form."""
        temperature = self.recipe.pretrain.temperature
        if self.prototypes is None:
            return supervised_contrast(embeddings, labels, temperature)
        return balanced_contrast(embeddings, labels, self.prototypes(), temperature)
