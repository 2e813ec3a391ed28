"""Rows without a network: clinical features of the rhythm, and MiniRocket."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch

from benchmarks.ablation.minirocket import SAMPLE, Kernels, ridge
from benchmarks.labour.series import LAST_S, Record
from fetal_hemo.evaluation import ControlFeatures
from fetal_hemo.evaluation.controls import control_scores
from fetal_hemo.training.randomness import generator
from firmware_bridge.rhythm.baseline import baseline_bpm, excursions
from firmware_bridge.variability import long_term_variation_ms, mean_bpm, short_term_variation_ms


def rhythm_logistic(
    train: Sequence[Record], labels: np.ndarray, test: Sequence[Record], seed: int
) -> np.ndarray:
    """Scores `(test,)` of a logistic regression on `clinical_features`; no seed has a part."""
    given = ControlFeatures(*(np.array([clinical_features(r) for r in p]) for p in (train, test)))
    scores = control_scores(given, labels)
    assert scores is not None, "folds are stratified by label"
    return scores


@cache
def clinical_features(record: Record) -> tuple[float, ...]:
    """Rate, variation, baseline, excursions and loss of the last hour; NaN where unknown."""
    bpm, line = record.epochs, baseline_bpm(record.epochs)
    known = [mean_bpm(bpm), short_term_variation_ms(bpm), long_term_variation_ms(bpm)]
    features = [np.nan if value is None else value for value in known]
    if line is None:
        return (*features, np.nan, np.nan, np.nan, np.nan, record.lost_share)
    rises, dips = excursions(bpm, line, 1), excursions(bpm, line, -1)
    in_dips = sum(dip.end_s - dip.start_s for dip in dips) / LAST_S
    return (*features, float(line.mean()), len(rises), len(dips), in_dips, record.lost_share)


def minirocket(
    train: Sequence[Record], labels: np.ndarray, test: Sequence[Record], seed: int
) -> np.ndarray:
    """Scores `(test,)` of a ridge on MiniRocket's features, averaged over a woman's windows."""
    heard = [record for record in train if len(record.windows)]
    some = torch.cat([record.windows[:1] for record in heard[:SAMPLE]])
    kernels = Kernels(some, generator(seed, "minirocket"))
    parts = [np.stack([_averaged(kernels, record) for record in part]) for part in (train, test)]
    model = ridge().fit(parts[0], labels)
    return np.asarray(model.decision_function(parts[1]))


def _averaged(kernels: Kernels, record: Record) -> np.ndarray:
    """Mean features; those of a window without any rate where a woman has no window."""
    windows = record.windows if len(record.windows) else torch.zeros(1, *record.windows.shape[1:])
    return np.asarray(kernels(windows).mean(dim=0))
