"""Batches for contrast: windows of drawn visits, and what is known of those visits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch

from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import Batch, balanced_draws, load_batch, shuffled
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.visit_columns import CohortColumns, VisitColumns


class ContrastBatch(NamedTuple):
    """Windows of several visits, and what is known of those visits."""

    windows: Batch
    columns: VisitColumns


class ContrastBatches:
    """The `ContrastBatch`es of the visits of one fold, whose columns are numbered once."""

    def __init__(self, cohort: Cohort, visits: Sequence[Visit], recipe: Recipe) -> None:
        self.cohort, self.visits, self.recipe = cohort, visits, recipe
        self.columns = CohortColumns(visits, recipe.pairs)

    def balanced(self, draw: torch.Generator) -> Iterator[ContrastBatch]:
        """Batches for training: rare classes are drawn more often than they occur."""
        size, most = self.recipe.pretrain.visits_per_batch, self.recipe.pairs.visits_per_woman
        return self._load(balanced_draws(self.visits, size, draw, most), draw)

    def each_once(self, draw: torch.Generator) -> Iterator[ContrastBatch]:
        """Batches that hold every visit once."""
        return self._load(shuffled(self.visits, self.recipe.pretrain.visits_per_batch, draw), draw)

    def _load(self, lists: Iterable[list[Visit]], draw: torch.Generator) -> Iterator[ContrastBatch]:
        most = self.recipe.pretrain.windows_per_visit
        for chosen in lists:
            windows = load_batch(self.cohort, chosen, most, draw)
            yield ContrastBatch(windows, self.columns.of(chosen))
