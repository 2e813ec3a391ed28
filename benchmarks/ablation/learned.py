"""Rows that train our network, alone or with another as its teacher."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from benchmarks.ablation.classes import adjusted_classes
from benchmarks.ablation.networks import trained
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import OURS, ROWS, Row
from benchmarks.ablation.simple import labels_of
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel


def ours(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of our network, trained as the row's recipe says."""
    return prediction(trained(row, visits, world, key), visits)


def taught(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of a network that learned from labels and from what ours says."""
    teacher = trained(ROWS[OURS], visits, world, replace(key, row=OURS))
    found = prediction(trained(row, visits, world, key, teacher.model), visits)
    return replace(found, earlier_s=found.earlier_s + teacher.earlier_s)


def prediction(found: Trained, visits: FoldVisits) -> Prediction:
    """The `Prediction` of a trained network."""
    return Prediction(
        found.validation.margins,
        found.test.margins,
        adjusted_classes(found.test.logits, labels_of(visits), found.logit_adjustment),
        found.test.embeddings,
        learned_numbers(found.model),
        found,
        found.earlier_s,
    )


def learned_numbers(model: ScreeningModel) -> int:
    """How many numbers of a network are trained: those of views that it hears."""
    unheard: list[nn.Module] = []
    for view, projection in zip(VIEWS, model.fusion.project, strict=True):
        if view not in model.size.views:
            unheard += [getattr(model, view), projection]
    idle = {id(p) for module in unheard for p in module.parameters()}
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad and id(p) not in idle)
    unread = len(VIEWS) - len(model.size.views)  # columns of the mean that meet only zeros
    return learned - unread * model.size.embedding * model.average.measure.out_features
