"""Rows that add to our network what it does not hear: history, and a woman's earlier visits."""

from __future__ import annotations

from collections.abc import Sequence

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
from fetal_hemo.evaluation.logistic import fit_logistic
from fetal_hemo.training.randomness import seed_initial_weights
from fetal_hemo.training.scoring import positive_margin
from fetal_hemo.training.survey import Visit

STEPS, RATE, DECAY = 200, 3e-3, 1e-2


def with_history(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of two scores weighed on validation women: ours, and age + GA + BMI."""
    heard = trained(row, visits, world, key)
    known = features(ROWS["age_ga_bmi"], visits, world, key)
    women = [visit.recording.participant_id for visit in visits.validation]
    target = np.array([visit.label >= 2 for visit in visits.validation], float)

    def design(margins: np.ndarray, told: np.ndarray) -> np.ndarray:
        return np.stack([np.ones(len(margins)), margins, told], axis=1)

    fitted = fit_logistic(design(heard.validation.margins, known.validation), target, women)
    weights = np.array([0.0, 1.0, 1.0]) if fitted is None else fitted.coefficients
    return Prediction(
        design(heard.validation.margins, known.validation) @ weights,
        design(heard.test.margins, known.test) @ weights,
        prediction(heard, visits).classes,
        parameters=learned_numbers(heard.model) + 7,  # history's four, and three to weigh both
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
    _fit(attention, classifier, Women(labelled, heard.train.embeddings))
    with torch.no_grad():
        logits = [
            women.rows(classifier(attention(women.visits, women.day, women.mask)[0]))
            for women in (
                Women(visits.validation, heard.validation.embeddings),
                Women(visits.test, heard.test.embeddings),
            )
        ]
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


def _fit(attention: VisitAttention, classifier: nn.Linear, women: Women) -> None:
    learned = [*attention.parameters(), *classifier.parameters()]
    optimizer = torch.optim.AdamW(learned, RATE, weight_decay=DECAY)
    prior = class_log_prior(women.labels, len(BP_CLASSES))
    for _ in range(STEPS):
        logits = women.rows(classifier(attention(women.visits, women.day, women.mask)[0]))
        loss = logit_adjusted_cross_entropy(logits, women.labels, prior, 1.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
