"""Which training visits a recording is most like, and whether that likeness counts.

Deletion test: without the visits it is most like, a classifier on embeddings must move further than
without as many drawn at random; otherwise the likeness explains nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.controls import ControlFeatures, control_scores

NEIGHBOURS, DRAWS = 10, 40


class Nearest(NamedTuple):
    """`rows` (neighbours,) of training visits, nearest first, with their cosine `closeness`.

    `prototypes`: cosine to the mean of each class; None for a class without a training visit.
    `moved`: change of the log odds without the neighbours, `by_chance` its 95 % reach without as
    many others; both None where one class would be left.
    """

    rows: NDArray[np.intp]
    closeness: NDArray[np.float64]
    prototypes: dict[str, float | None]
    moved: float | None
    by_chance: float | None

    @property
    def counts(self) -> bool:
        """Whether deleting the neighbours moves the classifier further than chance does."""
        known = self.moved is not None and self.by_chance is not None
        return known and abs(self.moved or 0.0) > (self.by_chance or 0.0)


def nearest(
    embedding: NDArray[np.float64],
    training: NDArray[np.float64],
    classes: NDArray[np.int64],
    labels: NDArray[np.int64],
    count: int = NEIGHBOURS,
    seed: int = 0,
) -> Nearest:
    """`Nearest` of an embedding `(columns,)` among those of training visits `(rows, columns)`."""
    unit = _unit(training)
    cosine = unit @ _unit(embedding[None])[0]
    count = min(count, len(training) // 4)
    rows = np.argsort(-cosine)[:count]
    prototypes = {
        name: float(
            _unit(unit[classes == number].mean(axis=0)[None])[0] @ _unit(embedding[None])[0]
        )
        if (classes == number).any()
        else None
        for number, name in enumerate(BP_CLASSES)
    }
    generator = np.random.default_rng(seed)
    drawn = [generator.choice(len(training), count, replace=False) for _ in range(DRAWS)]
    nobody = np.zeros(0, np.intp)
    whole, *without = (
        _log_odds(embedding, training, labels, deleted) for deleted in (nobody, rows, *drawn)
    )
    if whole is None or any(score is None for score in without):
        return Nearest(rows, cosine[rows], prototypes, None, None)
    moved, *chance = (float(score - whole) for score in without if score is not None)
    reach = float(np.quantile(np.abs(chance), 0.95))
    return Nearest(rows, cosine[rows], prototypes, moved, reach)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _log_odds(
    embedding: NDArray[np.float64],
    training: NDArray[np.float64],
    labels: NDArray[np.int64],
    deleted: NDArray[np.intp],
) -> float | None:
    kept = np.setdiff1d(np.arange(len(training)), deleted)
    scores = control_scores(ControlFeatures(training[kept], embedding[None]), labels[kept])
    return None if scores is None else float(scores[0])
