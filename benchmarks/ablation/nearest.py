"""Rows in which the training visits most alike by ours decide, in place of its classifier."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from benchmarks.ablation.learned import learned_numbers
from benchmarks.ablation.networks import trained
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import Row
from benchmarks.ablation.simple import labels_of
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World

NEIGHBOURS = 15


def centroids_only(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of the nearest class centroid on embeddings of ours."""
    return by_centroids(trained(row, visits, world, key), labels_of(visits))


def prototype_bank(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of the most alike training visits on embeddings of ours."""
    return by_bank(trained(row, visits, world, key), labels_of(visits))


def by_centroids(heard: Trained, labels: np.ndarray) -> Prediction:
    """The `Prediction` of cosines to the centroids of training classes `labels` `(visits,)`.

    The score is the nearest positive centroid's less the nearest other's. From Recall to Predict
    (arXiv 2605.01393): a device would hold no woman's visit.
    """
    every, known = _unit(heard.train.embeddings), np.unique(labels)
    centroids = _unit(np.stack([every[labels == label].mean(axis=0) for label in known]))
    likeness = [_unit(part.embeddings) @ centroids.T for part in (heard.validation, heard.test)]
    positive = known >= 2
    validation, test = (
        each[:, positive].max(axis=1) - each[:, ~positive].max(axis=1) for each in likeness
    )
    return Prediction(
        validation,
        test,
        known[likeness[1].argmax(axis=1)],
        parameters=learned_numbers(heard.model) + centroids.size,
        earlier_s=heard.earlier_s,
    )


def by_bank(heard: Trained, labels: np.ndarray) -> Prediction:
    """The `Prediction` of the nearest training visits by cosine, the nearer the weightier.

    The score is their share of positives; for the class, the share of each is taken against its
    share of the training visits. All training embeddings are held, and counted as learned.
    """
    count = min(NEIGHBOURS, len(labels))
    bank = KNeighborsClassifier(count, weights="distance", metric="cosine")
    bank.fit(heard.train.embeddings, labels)
    validation, test = (
        bank.predict_proba(part.embeddings) for part in (heard.validation, heard.test)
    )
    positive, prior = bank.classes_ >= 2, np.bincount(labels)[bank.classes_]
    return Prediction(
        validation[:, positive].sum(axis=1),
        test[:, positive].sum(axis=1),
        bank.classes_[(test / prior).argmax(axis=1)],
        parameters=learned_numbers(heard.model) + heard.train.embeddings.size,
        earlier_s=heard.earlier_s,
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    """The vectors at length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
