"""A logistic discriminator that never meets the recordings on which it is scored."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from fetal_hemo.evaluation.auroc import placements

INVERSE_PENALTY = 0.1  # thirty features, few real recordings: large weights would be chance
RESAMPLES = 2_000


def fit(columns: np.ndarray, real: np.ndarray, recording: np.ndarray) -> Pipeline:
    """Logistic regression of real (True) on standardised `(windows, features)`.

    Recordings weigh alike within their class, and the two classes weigh alike.
    """
    model = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_PENALTY, max_iter=1_000))
    return model.fit(columns, real, logisticregression__sample_weight=_weights(real, recording))


def held_out_aurocs(columns: np.ndarray, real: np.ndarray, recording: np.ndarray) -> np.ndarray:
    """AUROC `(real recordings, simulated recordings)` of each pair, both held out.

    To score a real recording the model learns from the other real ones and half of the simulated
    ones, and is scored against the other half; then the halves change places.
    """
    reals, simulated = np.unique(recording[real]), np.unique(recording[~real])
    found = np.empty((len(reals), len(simulated)))
    for row, name in enumerate(reals):
        for half in (0, 1):
            tested = simulated[half::2]
            kept = (recording != name) & ~np.isin(recording, tested)
            model = fit(columns[kept], real[kept], recording[kept])
            score = model.decision_function(columns)
            of_real = score[recording == name]
            found[row, half::2] = [_auroc(of_real, score[recording == one]) for one in tested]
    return found


def interval(aurocs: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval over real and simulated recordings, each drawn among theirs."""
    rng = np.random.default_rng(seed)
    rows, columns = aurocs.shape
    drawn = [
        aurocs[rng.integers(rows, size=rows)][:, rng.integers(columns, size=columns)].mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _weights(real: np.ndarray, recording: np.ndarray) -> np.ndarray:
    weights = np.empty(len(real))
    for kind in (True, False):
        rows = real == kind
        _, index, count = np.unique(recording[rows], return_inverse=True, return_counts=True)
        weights[rows] = 0.5 * len(real) / (len(count) * count[index])
    return weights


def _auroc(real: np.ndarray, simulated: np.ndarray) -> float:
    scores = np.concatenate([real, simulated])
    return placements(scores, np.arange(len(scores)) < len(real)).auroc
