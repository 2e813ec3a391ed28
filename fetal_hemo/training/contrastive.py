"""The pretraining objective: two augmented copies of a batch -> embeddings -> chosen losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from fetal_hemo.constants import BEAT_VIEWS, VIEWS
from fetal_hemo.contrast import Targets, rank_n_contrast
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.signals import Signals
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.beat_head import BeatHead, beat_losses, beat_truth
from fetal_hemo.training.contrast_batches import ContrastBatch
from fetal_hemo.training.distillation import Teacher
from fetal_hemo.training.objective import Objective, spread
from fetal_hemo.training.physiology import QUANTITIES, physiology_loss
from fetal_hemo.training.view_losses import VIEW_LOSSES, WindowViews
from fetal_hemo.training.visit_columns import row_columns
from fetal_hemo.training.visit_losses import VISIT_LOSSES, VisitViews, class_points
from fetal_hemo.views import drop_views

Masks = tuple[Tensor, Tensor]  # of the two copies


class Encoded(NamedTuple):
    """Two augmented copies of a batch, in each space that a loss shapes; `heard` is the first.

    `steps` are those of each view that is a sequence, for each copy that was heard.
    """

    heard: Signals
    windows: WindowViews | None
    visits: VisitViews | None
    steps: Sequence[dict[str, Tensor]]


class ContrastiveObjective(Objective):
    """Losses of a batch, as the recipe's [pretrain], [pairs] and [teacher] choose them.

    The model stands beside what only pretraining needs: a projection for each view (Chen 2020),
    the points of the classes, which live on the sphere of the recording embedding, what tells
    the physiology from it and the events from each step, and the teacher.
    """

    def __init__(self, model: ScreeningModel, recipe: Recipe, generator: torch.Generator) -> None:
        super().__init__(model, recipe)
        size, settings = model.size, recipe.pretrain
        self.projections = nn.ModuleList(
            nn.Sequential(
                nn.Linear(size.embedding, size.embedding),
                nn.ReLU(),
                nn.Linear(size.embedding, size.embedding),
            )
            for _ in VIEWS
        )
        loss = settings.visit_loss if settings.compares_visits else "off"
        self.points = class_points(loss, size.recording_embedding, generator)
        self.physiology: nn.Linear | None = None
        if settings.learns_physiology:
            self.physiology = nn.Linear(size.recording_embedding, len(QUANTITIES))
        self.events: nn.ModuleDict | None = None
        if settings.events_weight > 0:
            heard = (view for view in BEAT_VIEWS if view in size.views)
            self.events = nn.ModuleDict({view: BeatHead(size.width) for view in heard})
        self.teacher = Teacher(model, recipe) if recipe.teacher.weight > 0 else None

    def after_step(self) -> None:
        """Move the teacher after the model."""
        if self.teacher is not None:
            self.teacher.follow(self.model)

    def forward(self, batch: ContrastBatch, generator: torch.Generator) -> dict[str, Tensor]:
        return self.losses(self.encode(batch, generator), batch, generator)

    def encode(self, batch: ContrastBatch, generator: torch.Generator) -> Encoded:
        """Embeddings of two augmented copies; of what was heard before, of the same twice."""
        known = batch.windows.signals
        signals = [known] if known else [self.hear(batch.windows, generator) for _ in range(2)]
        return self.encode_heard(signals, batch, generator)

    def encode_heard(
        self, signals: Sequence[Signals], batch: ContrastBatch, generator: torch.Generator
    ) -> Encoded:
        """Embeddings of two copies that were heard before, or of one that stands for both."""
        settings = self.recipe.pretrain
        encoded = [self.encoded(heard) for heard in signals]
        views = [spread(found.embeddings, batch.windows) for found in encoded]
        first, second = views[0], views[-1]
        kept, windows, visits = None, None, None
        if settings.encodes_visits or settings.view_loss_sees_dropout:
            kept = self._kept(batch.windows, generator), self._kept(batch.windows, generator)
        if settings.compares_windows:
            windows = self._windows(first, second, batch)
            if kept is not None and settings.view_loss_sees_dropout:
                windows = windows._replace(kept=self._of_windows(kept, batch.windows))
        if kept is not None and settings.encodes_visits:
            visits = self._visits(first, second, kept, batch)
        return Encoded(signals[0], windows, visits, [found.steps for found in encoded])

    def losses(
        self, encoded: Encoded, batch: ContrastBatch, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Each loss, a scalar, times its weight; only those that are on."""
        settings, found = self.recipe.pretrain, {}
        if encoded.windows is not None:
            loss = VIEW_LOSSES[settings.view_loss](encoded.windows, self.recipe, self.epoch)
            found["view"] = settings.multiview_weight * loss
        if self.events is not None and batch.events is not None:
            loss = self._event_loss(encoded.steps, batch.windows, batch.events)
            found["events"] = settings.events_weight * loss
        if encoded.visits is None:
            return found
        if settings.compares_visits:
            loss = VISIT_LOSSES[settings.visit_loss](encoded.visits, settings, generator)
            found["visit"] = settings.prototype_weight * loss
        if settings.rank_weight > 0:
            pressures = batch.columns.pressures.repeat(2, 1)
            loss = rank_n_contrast(encoded.visits.both[0], pressures, settings.rank_temperature)
            found["rank"] = settings.rank_weight * loss
        if self.physiology is not None and batch.physiology is not None:
            loss = physiology_loss(self.tell(encoded.visits), batch.physiology.repeat(2, 1))
            found["physiology"] = settings.physiology_weight * loss
        if self.teacher is not None:
            loss = self.teacher(encoded.heard, batch.windows, encoded.visits)
            found["teacher"] = self.recipe.teacher.weight * loss
        return found

    def tell(self, visits: VisitViews) -> Tensor:
        """Physiology `(2 * visits, quantities)` as told by both embeddings of each visit."""
        assert self.physiology is not None, "pretrain.physiology_weight is 0"
        told: Tensor = self.physiology(visits.both[0])
        return told

    def _event_loss(
        self, copies: Sequence[dict[str, Tensor]], windows: Batch, events: Tensor
    ) -> Tensor:
        """Mean over windows of all processes, views and copies: a scalar loss."""
        assert self.events is not None, "pretrain.events_weight is 0"
        truth = beat_truth(events)
        losses = [
            beat_losses(head(steps[view].to(windows.start_s.dtype)), truth)
            for steps in copies
            for view, head in self.events.items()
        ]
        every = spread(torch.stack(losses).mean(dim=0), windows)  # 0 where no window is
        return every.sum() / windows.window_mask.sum()

    def _windows(self, first: Tensor, second: Tensor, batch: ContrastBatch) -> WindowViews:
        """Projected views of the windows that are there."""
        present = batch.windows.window_mask > 0
        columns = row_columns(batch.columns, present.nonzero()[:, 0])
        return WindowViews(self._project(first[present]), self._project(second[present]), columns)

    def _project(self, views: Tensor) -> Tensor:
        """Projections `(windows, offered views, dim)`."""
        return torch.stack([self.projections[v](views[:, v]) for v in self._offered], dim=1)

    @property
    def _offered(self) -> list[int]:
        places: list[int] = self.model.offered.nonzero().flatten().tolist()
        return places

    def _kept(self, windows: Batch, generator: torch.Generator) -> Tensor:
        """Mask `(visits, windows, views)` of one copy, in which some views are hidden."""
        size = windows.window_mask.shape
        every = self.model.offered.expand(size.numel(), -1)
        return drop_views(every, self.recipe.model.view_dropout, generator).unflatten(0, size)

    def _of_windows(self, kept: Masks, windows: Batch) -> Masks:
        """Masks `(windows, offered views)` of the windows that are there."""
        first, second = (mask[windows.window_mask > 0][:, self._offered] for mask in kept)
        return first, second

    def _visits(
        self, first: Tensor, second: Tensor, kept: Masks, batch: ContrastBatch
    ) -> VisitViews:
        """Two embeddings of each visit, from disjoint windows."""
        mine = self._half(first, kept[0], 0, batch.windows)
        other = self._half(second, kept[1], 1, batch.windows)
        visits = VisitViews(mine, other, batch.windows.labels, batch.columns, None)
        if isinstance(self.points, Targets) and self.training:
            self.points.update(*visits.both)
        return visits if self.points is None else visits._replace(points=self.points())

    def _half(self, views: Tensor, kept: Tensor, first: int, windows: Batch) -> Tensor:
        """Embeddings `(visits, dim)` of every second window, from the `first` on."""
        part = slice(first, None, 2)
        embedding: Tensor = self.model.encode_recording(
            views[:, part],
            windows.start_s[:, part],
            kept[:, part],
            windows.window_mask[:, part],
        ).embedding
        return embedding
