"""Blood-pressure classes of rows that were not made to say them: a rare class has its chance."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.contrast import class_log_prior
from fetal_hemo.evaluation import ControlFeatures


def balanced_classes(
    given: ControlFeatures, labels: np.ndarray, model: ClassifierMixin | None = None
) -> np.ndarray:
    """Classes `(rows,)` by a classifier in whose fit all classes weigh the same.

    Multinomial logistic regression; a `model` of another kind is given with its class weights.
    """
    model = model or LogisticRegression(class_weight="balanced", max_iter=1_000)
    imputed = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    fitted = make_pipeline(imputed, StandardScaler(), model).fit(given.train, labels)
    return fitted.predict(given.test)


def adjusted_classes(logits: np.ndarray, labels: np.ndarray, known: float = 0.0) -> np.ndarray:
    """Largest of logits `(rows, 4)` less the log prior of the training classes `labels`.

    `known` is the share of the prior that the training loss had already taken account of.
    Post-hoc logit adjustment: Menon et al., ICLR 2021, eq. 9.
    """
    prior = class_log_prior(torch.from_numpy(labels), len(BP_CLASSES)).numpy()
    return (logits - (1.0 - known) * prior).argmax(axis=1)
