"""What a row says on a fold, and which fold and row it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.ablation.trained import Trained


@dataclass(frozen=True)
class Prediction:
    """What a row says of validation and test visits, one row each.

    `validation` and `test` (visits,) order them; `classes` (visits,) and `embeddings` are None
    where a row makes none; `parameters` is how many numbers it learned. `network` is what is
    looked into where the row is a network of ours. `earlier_s` are the processor seconds of
    trainings that it rests on and that were kept: they are to be added to those of its making.
    """

    validation: np.ndarray
    test: np.ndarray
    classes: np.ndarray | None = None
    embeddings: np.ndarray | None = None
    parameters: int = 0
    network: Trained | None = None
    earlier_s: float = 0.0


@dataclass(frozen=True)
class CellKey:
    """Which cell: effect of the simulation, row, seed of the training and fold."""

    effect: float
    row: str
    seed: int
    fold: int

    def __str__(self) -> str:
        return f"{self.effect:g}/{self.row}/{self.seed}/{self.fold}"
