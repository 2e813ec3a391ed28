"""Maximum-likelihood logistic regression with a variance that is clustered by woman."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from fetal_hemo.evaluation.clusters import woman_index

Array = NDArray[np.float64]
MAX_STEPS, TOLERANCE = 50, 1e-10
FARTHEST = 50.0  # log odds per unit: a coefficient that runs past this has no finite optimum


class LogisticFit(NamedTuple):
    """`coefficients` (columns,) and their clustered `covariance` (columns, columns).

    The covariance is NaN with a single woman.
    """

    coefficients: Array
    covariance: Array

    @property
    def standard_errors(self) -> Array:
        """Of the coefficients, `(columns,)`."""
        return np.sqrt(np.diag(self.covariance))


def fit_logistic(
    design: ArrayLike, labels: ArrayLike, women: ArrayLike, offset: ArrayLike = 0.0
) -> LogisticFit | None:
    """`LogisticFit` of labels on `design` `(rows, columns)`; None when it does not converge.

    Newton's method, with the sandwich variance of Liang & Zeger 1986 (independence working
    correlation, women as clusters, factor women / (women - 1)).
    """
    columns, target = np.asarray(design, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    fixed = np.broadcast_to(np.asarray(offset, dtype=np.float64), target.shape)
    coefficients = np.zeros(columns.shape[1])
    for _ in range(MAX_STEPS):
        residual, information = _score(columns, target, fixed, coefficients)
        step = _solve(information, columns.T @ residual)
        if step is None:
            return None
        coefficients = coefficients + step
        if np.abs(coefficients).max() > FARTHEST:
            return None
        if np.abs(step).max() < TOLERANCE:
            residual, information = _score(columns, target, fixed, coefficients)
            return LogisticFit(coefficients, _covariance(columns, residual, information, women))
    return None


def _score(
    columns: Array, target: Array, offset: Array, coefficients: Array
) -> tuple[Array, Array]:
    probability = expit(columns @ coefficients + offset)
    weight = probability * (1 - probability)
    return target - probability, columns.T @ (columns * weight[:, None])


def _solve(information: Array, gradient: Array) -> Array | None:
    if np.linalg.cond(information) > 1e12:
        return None
    return np.linalg.solve(information, gradient).astype(np.float64)


def _covariance(columns: Array, residual: Array, information: Array, women: ArrayLike) -> Array:
    index, count = woman_index(women)
    if count < 2:
        return np.full(information.shape, math.nan)
    sums = np.zeros((count, columns.shape[1]))
    np.add.at(sums, index, columns * residual[:, None])
    bread = np.linalg.inv(information)
    return bread @ (sums.T @ sums) @ bread * count / (count - 1)
