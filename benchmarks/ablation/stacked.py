"""Rows that add to our network what it does not hear: history, and a woman's earlier visits."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.ablation.learned import learned_numbers, prediction
from benchmarks.ablation.networks import trained
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import ROWS, Row
from benchmarks.ablation.simple import features
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.contrast import class_log_prior, logit_adjusted_cross_entropy
from fetal_hemo.encoders.visits import VisitAttention
from fetal_hemo.evaluation.calibration import fit_platt
from fetal_hemo.training.randomness import seed_initial_weights
from fetal_hemo.training.scoring import positive_margin
from fetal_hemo.training.survey import Visit

STEPS, RATE, DECAY = 200, 3e-3, 1e-2


def with_history(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of log odds added: what we hear, calibrated, and age + GA + BMI.

    Evidence adds up where it is independent among women of one class. To weigh both instead would
    need more than the few validation women of a fold.
    """
    heard = trained(row, visits, world, key)
    known = features(ROWS["age_ga_bmi"], visits, world, key)
    positive = np.array([visit.label >= 2 for visit in visits.validation])
    slope, _ = fit_platt(heard.validation.margins, positive)
    return Prediction(
        slope * heard.validation.margins + known.validation,
        slope * heard.test.margins + known.test,
        prediction(heard, visits).classes,
        parameters=learned_numbers(heard.model) + 5,  # history's four, and the slope
        earlier_s=heard.earlier_s,
    )


def with_visits(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of attention over a woman's visits, on embeddings that stay as they are."""
    heard = trained(row, visits, world, key)
    seed_initial_weights(key.seed)
    size = heard.model.size.recording_embedding
    attention, classifier = VisitAttention(size), nn.Linear(size, len(BP_CLASSES))
    classifier.load_state_dict(heard.model.classifier.state_dict())
    labelled = tuple(visit for visit in visits.train if visit.label >= 0)
    validating = Women(visits.validation, heard.validation.embeddings)
    _fit(attention, classifier, Women(labelled, heard.train.embeddings), validating)
    with torch.no_grad():
        tested = Women(visits.test, heard.test.embeddings)
        logits = [_logits(attention, classifier, women) for women in (validating, tested)]
    validation, test = (positive_margin(part).numpy() for part in logits)
    learned = sum(p.numel() for p in (*attention.parameters(), *classifier.parameters()))
    return Prediction(
        validation,
        test,
        logits[1].argmax(dim=1).numpy(),
        parameters=learned_numbers(heard.model) + learned,
        earlier_s=heard.earlier_s,
    )


class Women:
    """Embeddings of visits as `(women, visits, dim)`, gestational ages and a mask beside them."""

    def __init__(self, visits: Sequence[Visit], embeddings: np.ndarray) -> None:
        place: dict[str, list[int]] = {}
        for index, visit in enumerate(visits):
            place.setdefault(visit.recording.participant_id, []).append(index)
        longest = max(len(rows) for rows in place.values())
        self.index = torch.full((len(place), longest), -1)
        for row, indices in enumerate(place.values()):
            self.index[row, : len(indices)] = torch.tensor(indices)
        self.mask = (self.index >= 0).float()
        every = torch.from_numpy(embeddings)
        self.visits = every[self.index.clamp_min(0)] * self.mask.unsqueeze(-1)
        days = torch.tensor([float(v.recording.gestational_age_days) for v in visits])
        self.day = days[self.index.clamp_min(0)]
        self.labels = torch.tensor([visit.label for visit in visits])

    def rows(self, found: Tensor) -> Tensor:
        """`(visits, ...)` in their first order, of `(women, visits, ...)`."""
        there = self.index >= 0
        return found[there][self.index[there].argsort()]


def _fit(attention: VisitAttention, classifier: nn.Linear, women: Women, validating: Women) -> None:
    """Train both, and leave them as they judged the validation women best: at first, perhaps."""
    learner = nn.ModuleList([attention, classifier])
    optimizer = torch.optim.AdamW(learner.parameters(), RATE, weight_decay=DECAY)
    prior = class_log_prior(women.labels, len(BP_CLASSES))

    def loss_of(some: Women) -> Tensor:
        logits = _logits(attention, classifier, some)
        return logit_adjusted_cross_entropy(logits, some.labels, prior, 1.0)

    best, lowest = deepcopy(learner.state_dict()), float(loss_of(validating))
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(women).backward()
        optimizer.step()
        with torch.no_grad():
            now = float(loss_of(validating))
        if now < lowest:
            best, lowest = deepcopy(learner.state_dict()), now
    learner.load_state_dict(best)


def _logits(attention: VisitAttention, classifier: nn.Linear, women: Women) -> Tensor:
    return women.rows(classifier(attention(women.visits, women.day, women.mask)[0]))
