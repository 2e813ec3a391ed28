"""Controls of several folds can be put side by side."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fetal_hemo.evaluation import ControlFeatures, fit_controls

FOLDS = 5


def pooled_auroc(seed: int, name: str, values: float | None) -> float:
    """Of a control of two columns of noise (or of one `value`) on 60 women, fitted across folds."""
    generator = np.random.default_rng(seed)
    label = (np.arange(60) < 6).astype(np.int64)
    fold = generator.permutation(np.arange(60) % FOLDS)
    features = generator.normal(size=(60, 2)) if values is None else np.full((60, 2), values)
    scores = np.full(60, np.nan)
    for held in range(FOLDS):
        own = ControlFeatures(features[fold != held], features[fold == held])
        scores[fold == held] = fit_controls({name: own}, label[fold != held], seed=seed).scores[
            name
        ]
    return float(roc_auc_score(label, scores))


def test_what_knows_nothing_ranks_nothing() -> None:
    """Unknown values alone: its folds differ only by the share of positives in training."""
    assert pooled_auroc(0, "age_ga_bmi", np.nan) == pytest.approx(0.5, abs=1e-9)


def test_noise_is_at_chance_over_folds() -> None:
    """It was at 0.47, as folds with few positives left to test had more of them in training."""
    found = [pooled_auroc(seed, "age_ga_bmi", None) for seed in range(300)]
    assert np.mean(found) == pytest.approx(0.5, abs=3 * np.std(found) / np.sqrt(300))
