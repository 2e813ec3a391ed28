"""Split conformal prediction: sets of classes that hold the truth as often as promised.

Mondrian (Vovk, Lindsay, Nouretdinov & Gammerman 2003): the promise holds within every class and
every category of recordings, such as those of good and of doubtful quality, not only on average.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index

CLASSES = (0, 1)


def one_row_a_woman(women: ArrayLike, seed: int = 0) -> NDArray[np.intp]:
    """Row numbers `(women,)`, one drawn from the rows of each woman.

    Two visits of one woman are not exchangeable with those of two women, which the promise needs.
    """
    index, count = woman_index(women)
    shuffled = np.random.default_rng(seed).permutation(len(index))
    rows = np.empty(count, dtype=np.intp)
    rows[index[shuffled]] = shuffled
    return rows


def conformal_p_values(
    known: ArrayLike,
    labels: ArrayLike,
    categories: ArrayLike,
    probability: ArrayLike,
    new_categories: ArrayLike,
) -> NDArray[np.float64]:
    """`(rows, 2)`: how usual each new row would be if it were negative, and if it were positive.

    `known` are probabilities of calibration rows `(known,)` with labels and categories, no two of
    a woman and none used in training. The p-value is (1 + rows at least as strange) / (1 + rows),
    among rows of that class and category; the strangeness of a class is its improbability. Where
    there is no such row it is 1: nothing can be excluded.
    """
    past, label = np.asarray(known, np.float64), np.asarray(labels)
    chance = np.asarray(probability, np.float64)
    category, new = np.asarray(categories), np.asarray(new_categories)
    values = np.ones((len(chance), len(CLASSES)))
    for name in np.unique(new):
        rows = new == name
        for number, sign in zip(CLASSES, (1.0, -1.0), strict=True):
            strange = np.sort(sign * past[(category == name) & (label == number)])
            less = np.searchsorted(strange, sign * chance[rows], side="left")
            values[rows, number] = (1 + len(strange) - less) / (1 + len(strange))
    return values


def prediction_sets(p_values: NDArray[np.float64], miss: float) -> NDArray[np.bool_]:
    """Which classes `(rows, 2)` a row's set holds; a class is left out at most `miss` of the time.

    One class is an answer. Both, or none, is an abstention.
    """
    return p_values > miss
