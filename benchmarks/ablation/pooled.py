"""What the folds of a row say together, and what is true of the visits that they say it of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.ablation.results import Cell
from benchmarks.ablation.world import World
from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.recall import Recalls, class_recalls


class Truth:
    """What is true of every visit of a world: its woman, its class, whether that is positive."""

    def __init__(self, world: World) -> None:
        self.women = [visit.recording.participant_id for visit in world.visits]
        self.labels = np.array([visit.label for visit in world.visits])
        self.positive = self.labels >= 2

    def auroc(self, found: Pooled, level: float = 0.95) -> Estimate:
        """How well the log odds of a row rank the visits."""
        return clustered_auroc(found.log_odds, self.positive, self.women, level)

    def difference(self, first: Pooled, second: Pooled) -> Estimate:
        """AUROC of the first less that of the second, on the same visits."""
        given = first.log_odds, second.log_odds, self.positive, self.women
        return paired_clustered_difference(*given)

    def recalls(self, classes: np.ndarray) -> Recalls:
        """How much of each class is found where `classes` (visits,) are said."""
        return class_recalls(np.eye(len(BP_CLASSES))[classes], self.labels, self.women)


class Pooled:
    """Predictions of one row and seed for every visit, each by the fold that never saw it."""

    def __init__(self, cells: Sequence[Cell], world: World) -> None:
        self.cells, self.code = cells, cells[0]["code"]
        place = {visit.recording.recording_id: at for at, visit in enumerate(world.visits)}
        self.folds, self.log_odds = np.zeros((2, len(place)))
        self.classes: np.ndarray | None = None
        if all(cell["classes"] is not None for cell in cells):
            self.classes = np.zeros(len(place), dtype=np.int64)
        for cell in cells:
            tested = [place[v.recording.recording_id] for v in world.fold(cell["fold"]).test]
            self.folds[tested], self.log_odds[tested] = cell["fold"], cell["log_odds"]
            if self.classes is not None:
                self.classes[tested] = list(map(int, cell["classes"]))

    def quarters(self) -> np.ndarray:
        """Classes `(visits,)` as four equal shares of the log odds, whose limits other folds set.

        A row that tells nothing finds a quarter of every class so: what a rule alone is worth.
        """
        said = np.zeros(len(self.folds), dtype=np.int64)
        for fold in np.unique(self.folds):
            mine = self.folds == fold
            limits = np.quantile(self.log_odds[~mine], [0.25, 0.5, 0.75])
            said[mine] = np.searchsorted(limits, self.log_odds[mine])
        return said
