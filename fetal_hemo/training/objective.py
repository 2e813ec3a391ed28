"""What the loop trains: a module that gives the losses of a batch, and what it hears with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fetal_hemo.encoders import ScreeningModel, ViewsOutput
from fetal_hemo.recipe import Recipe
from fetal_hemo.signals import Signals
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.world import gather_rows, own, shares
from fetal_hemo.views import Augmentations


class Objective(nn.Module):
    """Losses of a batch by name, each a scalar: `objective(batch, generator)`.

    Its state holds all that it learns, so that a checkpoint does too. The loop calls `begin_epoch`
    with 1, 2, ... and `after_step`.
    """

    def __init__(self, model: ScreeningModel, recipe: Recipe) -> None:
        super().__init__()
        self.model, self.recipe, self.epoch = model, recipe, 1
        self.augment = Augmentations.from_recipe(recipe.augment)
        self.low_precision = recipe.training.precision == "bfloat16"
        self.encoder = model.encode_views
        if recipe.training.compile:
            self.encoder = torch.compile(model.encode_views, dynamic=True)

    def begin_epoch(self, epoch: int) -> None:
        """Some choices hold from a set epoch on; the first is 1."""
        self.epoch = epoch

    def after_step(self) -> None:
        """Nothing, where nothing follows the model."""

    @torch.no_grad()  # the front end has nothing to learn
    def hear(self, batch: Batch, generator: torch.Generator) -> Signals:
        """`Signals` of an augmented copy of this process's windows, those that are there.

        Every process draws for all windows, so that a window meets the same however many there are.
        """
        visits, windows = batch.window_mask.shape
        rows = own(visits)
        draw = self.augment.draw(visits * windows, batch.samples.shape[-1], generator)
        mine = torch.arange(rows.start * windows, rows.stop * windows)
        present = present_of(batch)[mine]
        samples = batch.samples.flatten(0, 1)[present]
        signals: Signals = self.model.front_end.for_encoders(
            self.augment.apply(samples, draw.take(mine[present]))
        )
        return signals

    def views(self, signals: Signals, batch: Batch) -> Tensor:
        """View embeddings `(visits, windows, views, dim)` of all processes, 0 where none is."""
        return spread(self.encoded(signals).embeddings, batch)

    def encoded(self, signals: Signals) -> ViewsOutput:
        """`ViewsOutput` of this process's windows; embeddings in the precision of the weights."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.low_precision):
            found: ViewsOutput = self.encoder(signals)
        if not self.low_precision:
            return found
        return found._replace(embeddings=found.embeddings.float())


def present_of(batch: Batch) -> Tensor:
    """Bool `(visits * windows,)`: which windows are there."""
    return batch.window_mask.flatten() > 0


def spread(found: Tensor, batch: Batch) -> Tensor:
    """`(visits, windows, ...)` of all processes, from the rows of this one's windows."""
    present = present_of(batch)
    size = batch.window_mask.shape
    counts = batch.window_mask.sum(dim=1).long()
    mine = [int(counts[part].sum()) for part in shares(size[0])]
    every = gather_rows(found, mine)
    whole = every.new_zeros(len(present), *every.shape[1:])
    whole[present] = every
    return whole.unflatten(0, size)
