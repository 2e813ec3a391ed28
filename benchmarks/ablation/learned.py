"""Rows that train our network, alone or with another as its teacher."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.ablation.networks import Trained, trained
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import OURS, ROWS, Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel


def ours(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of our network, trained as the row's recipe says."""
    return prediction(trained(row, visits, world, key))


def taught(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of a network that learned from labels and from what ours says."""
    teacher = trained(ROWS[OURS], visits, world, replace(key, row=OURS)).model
    return prediction(trained(row, visits, world, key, teacher))


def prediction(found: Trained) -> Prediction:
    """The `Prediction` of a trained network."""
    return Prediction(
        found.validation.margins,
        found.test.margins,
        found.test.logits.argmax(axis=1),
        found.test.embeddings,
        learned_numbers(found.model),
    )


def learned_numbers(model: ScreeningModel) -> int:
    """How many numbers of a network are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
