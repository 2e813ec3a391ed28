"""What a study is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation.fitted_controls import ControlScores
from fetal_hemo.evaluation.scores import ScoreTable

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class StudyInput:
    """What a study is computed from.

    `test`: scores of the test women; in a cross-validation `split` names the fold that held a row
    out, and every part has it. `beside`: what controls and probes say of the test rows.
    `train_labels`, `train_women` and `train_splits` are of the training rows. `embeddings_test`
    (test rows, columns), NaN where there is none. `threshold` on the probability, chosen on
    validation women at `specificity`, one number or one a split. `simulated`: the recordings are;
    `model_simulated`: some that the model learned from are. `prevalence` is that of the
    intended population. `limits`: systolic and diastolic mmHg from which a label is 1.
    `validation`: scores of the validation women, without which no conformal set can be made.
    """

    test: ScoreTable
    beside: ControlScores
    train_labels: NDArray[np.int64]
    train_women: NDArray[np.str_]
    embeddings_test: NDArray[np.float64]
    specificity: float
    prevalence: float
    threshold: float | Mapping[str, float]
    simulated: bool
    limits: tuple[float, float] = (140.0, 90.0)
    validation: ScoreTable | None = None
    seed: int = 0
    resamples: int = 1_000
    train_splits: NDArray[np.str_] | None = None
    model_simulated: bool = False

    @cached_property
    def scored(self) -> ScoreTable:
        """The test rows that have a probability."""
        return self.test.select(self.test.scored)

    @property
    def splits(self) -> list[str]:
        """The names of the parts that were held out in turn; one for a single split."""
        return np.unique(self.test.split).tolist()

    def thresholds(self, table: ScoreTable) -> NDArray[np.float64]:
        """The threshold `(rows,)` that holds for each row of a table of test women."""
        if not isinstance(self.threshold, Mapping):
            return np.full(len(table), self.threshold)
        return np.array([self.threshold[name] for name in table.split.tolist()], np.float64)

    def of_split(self, split: str) -> NDArray[np.bool_]:
        """Which training rows `(rows,)` trained the model that scored this split."""
        if self.train_splits is None:
            return np.ones(len(self.train_women), dtype=bool)
        return self.train_splits == split

    def known_to(self, split: str) -> ScoreTable | None:
        """The validation rows by which the model of a split was calibrated."""
        if self.validation is None or self.train_splits is None:
            return self.validation
        return self.validation.select(self.validation.split == split)
