"""The fine-tuning objective: recordings -> logits -> logit-adjusted loss for a long tail."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fetal_hemo.constants import BP_CLASSES, VIEWS
from fetal_hemo.contrast import (
    Prototypes,
    balanced_contrast,
    class_log_prior,
    logit_adjusted_cross_entropy,
)
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.survey import Visit
from fetal_hemo.views import Augmentations, drop_views


class ClassificationObjective(nn.Module):
    """Losses of a batch of labelled recordings; the prior is that of the training visits."""

    log_prior: Tensor

    def __init__(
        self,
        model: ScreeningModel,
        recipe: Recipe,
        visits: Sequence[Visit],
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.model, self.recipe = model, recipe
        self.augment = Augmentations.from_recipe(recipe.augment)
        self.prototypes = Prototypes(len(BP_CLASSES), model.size.recording_embedding, generator)
        labels = torch.tensor([visit.label for visit in visits])
        self.register_buffer("log_prior", class_log_prior(labels, len(BP_CLASSES)))

    def forward(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        settings = self.recipe.finetune
        samples = self.augment(batch.samples.flatten(0, 1), generator)
        present = batch.window_mask.flatten() > 0
        with torch.no_grad():  # the front end has nothing to learn
            signals = self.model.front_end(samples[present])
        found, _ = self.model.encode_views(signals)
        views = found.new_zeros(len(present), *found.shape[1:])
        views[present] = found
        mask = drop_views(
            torch.ones(len(views), len(VIEWS)), self.recipe.model.view_dropout, generator
        )
        size = batch.window_mask.shape
        output = self.model.encode_recording(
            views.unflatten(0, size), batch.start_s, mask.unflatten(0, size), batch.window_mask
        )
        temperature = self.recipe.pretrain.temperature
        contrast = balanced_contrast(output.embedding, batch.labels, self.prototypes(), temperature)
        return {
            "classification": logit_adjusted_cross_entropy(
                output.logits, batch.labels, self.log_prior, settings.logit_adjustment
            ),
            "contrast": settings.auxiliary_contrast * contrast,
        }
