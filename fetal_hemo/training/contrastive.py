"""The pretraining objective: two augmented copies of a batch -> pairs -> losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fetal_hemo.constants import BP_CLASSES, VIEWS
from fetal_hemo.contrast import Prototypes, balanced_contrast, multiview_infonce
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.batches import Batch
from fetal_hemo.views import Augmentations, drop_views


class ContrastiveObjective(nn.Module):
    """Losses of a batch: multi-view InfoNCE over windows, balanced contrast over visits.

    The model stands beside what only pretraining needs: a projection for each view (Chen 2020)
    and the class prototypes, which live on the sphere of the recording embedding.
    """

    def __init__(self, model: ScreeningModel, recipe: Recipe, generator: torch.Generator) -> None:
        super().__init__()
        size = model.size
        self.model, self.recipe = model, recipe
        self.augment = Augmentations.from_recipe(recipe.augment)
        self.projections = nn.ModuleList(
            nn.Sequential(
                nn.Linear(size.embedding, size.embedding),
                nn.ReLU(),
                nn.Linear(size.embedding, size.embedding),
            )
            for _ in VIEWS
        )
        self.prototypes = Prototypes(len(BP_CLASSES), size.recording_embedding, generator)

    def forward(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        first = self._encode(batch, generator)
        second = self._encode(batch, generator)
        return {
            "multiview": self.recipe.pretrain.multiview_weight
            * self._between_views(first, second, batch),
            "prototype": self.recipe.pretrain.prototype_weight
            * self._between_visits(first, second, batch, generator),
        }

    def _encode(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """View embeddings `(visits, windows, views, embedding)` of an augmented copy."""
        with torch.no_grad():  # the front end has nothing to learn
            signals = self.model.front_end(self.augment(batch.samples.flatten(0, 1), generator))
        embeddings, _ = self.model.encode_views(signals)
        return embeddings.unflatten(0, batch.samples.shape[:2])

    def _between_views(self, first: Tensor, second: Tensor, batch: Batch) -> Tensor:
        """Each view of a window finds its other views; negatives are windows of other visits.

        The time-frequency view comes from one copy and the others from the other copy, so that
        what two views share is the fetus and not the noise. Slot by slot: windows of one visit
        are never each other's negatives.
        """
        losses = []
        for mine, others in ((first, second), (second, first)):
            crossed = torch.cat([mine[:, :, :1], others[:, :, 1:]], dim=2)
            views = torch.stack([p(crossed[:, :, v]) for v, p in enumerate(self.projections)], 2)
            for slot in range(views.shape[1]):
                mask = batch.window_mask[:, slot, None].expand(-1, len(VIEWS))
                temperature = self.recipe.pretrain.temperature
                losses.append(multiview_infonce(views[:, slot], mask, temperature))
        return torch.stack(losses).mean()

    def _between_visits(
        self, first: Tensor, second: Tensor, batch: Batch, generator: torch.Generator
    ) -> Tensor:
        """Two embeddings of each visit, from disjoint windows, against the class prototypes."""
        embeddings = []
        for half, views in enumerate((first, second)):
            part = slice(half, None, 2)
            shape = (len(views) * views.shape[1], len(VIEWS))
            kept = drop_views(torch.ones(shape), self.recipe.model.view_dropout, generator)
            output = self.model.encode_recording(
                views[:, part],
                batch.start_s[:, part],
                kept.unflatten(0, views.shape[:2])[:, part],
                batch.window_mask[:, part],
            )
            embeddings.append(output.embedding)
        labels = batch.labels.repeat(2)
        temperature = self.recipe.pretrain.temperature
        return balanced_contrast(torch.cat(embeddings), labels, self.prototypes(), temperature)
