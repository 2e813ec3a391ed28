"""Batches for contrast: windows of drawn visits, and what is known of those visits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import (
    Batch,
    Chosen,
    balanced_draws,
    batches_in,
    choose,
    draws,
    shuffled,
)
from fetal_hemo.training.beat_events import events_in_windows, known_events
from fetal_hemo.training.feed import Feed, ahead
from fetal_hemo.training.physiology import known_physiology
from fetal_hemo.training.sources import Source, source_of
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.visit_columns import CohortColumns, VisitColumns
from fetal_hemo.training.world import own


class ContrastBatch(NamedTuple):
    """Windows of several visits, and what is known of those visits.

    `physiology` `(visits, quantities)` is there where a loss is to learn it, and so is `events`
    `(own windows, events, beats)`, see `events_in_windows`.
    """

    windows: Batch
    columns: VisitColumns
    physiology: Tensor | None = None
    events: Tensor | None = None


class ContrastBatches:
    """The `ContrastBatch`es of the visits of one fold, whose columns are numbered once.

    They hold what `source` loads; without one, sound or its signals, as the recipe says.
    """

    def __init__(
        self,
        cohort: Cohort,
        visits: Sequence[Visit],
        recipe: Recipe,
        source: Source | None = None,
    ) -> None:
        self.cohort, self.visits, self.recipe = cohort, visits, recipe
        self.source = source or source_of(cohort, recipe.pretrain.augment, None)
        self.columns = CohortColumns(visits, recipe.pairs)
        self.physiology: Tensor | None = None
        if recipe.pretrain.learns_physiology:
            self.physiology = known_physiology(cohort, visits)
        if recipe.pretrain.events_weight > 0:
            known_events(cohort, visits[0].recording.recording_id)  # refused now, not at a batch

    def training(self) -> Feed[Chosen, ContrastBatch]:
        """Batches for training: rare classes are drawn more often, where the recipe wants it.

        Where pretraining is to see no label, the draws see none either.
        """
        settings, most = self.recipe.pretrain, self.recipe.pairs.visits_per_woman
        size, by_class = settings.visits_per_batch, settings.balanced_draws
        lists = balanced_draws if by_class and settings.sees_labels else draws

        def drawn(draw: torch.Generator) -> Iterator[Chosen]:
            return self._windows(lists(self.visits, size, draw, most), draw)

        return Feed(drawn, self._load, batches_in(self.visits, size))

    def each_once(self, draw: torch.Generator) -> Iterator[ContrastBatch]:
        """Batches that hold every visit once."""
        lists = shuffled(self.visits, self.recipe.pretrain.visits_per_batch, draw)
        return ahead(self._windows(lists, draw), self._load)

    def _windows(self, lists: Iterable[list[Visit]], draw: torch.Generator) -> Iterator[Chosen]:
        most = self.recipe.pretrain.windows_per_visit
        return (choose(visits, most, draw) for visits in lists)

    def _load(self, chosen: Chosen) -> ContrastBatch:
        mine = own(len(chosen.visits))
        known, events = None, None
        if self.physiology is not None:
            known = self.physiology[self.columns.rows_of(chosen.visits)]
        if self.recipe.pretrain.events_weight > 0:
            ids = (visit.recording.recording_id for visit in chosen.visits[mine])
            times = [known_events(self.cohort, recording_id) for recording_id in ids]
            events = events_in_windows(zip(times, chosen.windows[mine], strict=True))
        windows, columns = self.source.load(chosen, mine), self.columns.of(chosen.visits)
        return ContrastBatch(windows, columns, known, events)
