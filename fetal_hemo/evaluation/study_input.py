"""What a study is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation.controls import ControlFeatures
from fetal_hemo.evaluation.scores import ScoreTable

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class StudyInput:
    """What a study is computed from.

    `test`: scores of the test women. `control_features`: by the names in `controls`, training
    rows aligned with `train_labels` and `train_women`, test rows with `test`. `embeddings_test`
    (test rows, columns), NaN where there is none. `threshold` on the probability, chosen on
    validation women at `specificity`. `prevalence` is that of the intended population. `limits`:
    systolic and diastolic mmHg from which a label is 1. `validation`: scores of the validation
    women, without which no conformal set can be made.
    """

    test: ScoreTable
    control_features: Mapping[str, ControlFeatures]
    train_labels: NDArray[np.int64]
    train_women: NDArray[np.str_]
    embeddings_test: NDArray[np.float64]
    specificity: float
    prevalence: float
    threshold: float
    simulated: bool
    limits: tuple[float, float] = (140.0, 90.0)
    validation: ScoreTable | None = None
    seed: int = 0
    resamples: int = 1_000

    @cached_property
    def scored(self) -> ScoreTable:
        """The test rows that have a probability."""
        return self.test.select(self.test.scored)
