"""What controls and probes, fitted on training women, say of every test recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation import controls
from fetal_hemo.evaluation.controls import ControlFeatures

NOBODY: Mapping[str, ArrayLike] = {}
PERMUTED = f"{controls.SHUFFLED}/"  # begins the name of each permutation's scores


@dataclass(frozen=True, eq=False)
class ControlScores:
    """Scores `(test rows,)` by the names in `controls`, and what each probe takes a row for.

    Scores are log odds minus their mean over the training rows: a fold whose training women have
    fewer positives would else score its test women, who then have more, lower than others do.
    Those of a control that could not be fitted are NaN. `probes`: by column (`device_id`,
    `site_id`), the value that was predicted; empty where nothing could be.
    """

    scores: Mapping[str, NDArray[np.float64]]
    probes: Mapping[str, NDArray[np.str_]]

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> ControlScores:
        """The same of some rows only."""
        scores = {name: column[chosen] for name, column in self.scores.items()}
        return ControlScores(scores, {n: column[chosen] for n, column in self.probes.items()})


def fit_controls(
    features: Mapping[str, ControlFeatures],
    labels: ArrayLike,
    named: Mapping[str, ArrayLike] = NOBODY,
    seed: int = 0,
) -> ControlScores:
    """`ControlScores` of features by control name; labels are those of the training rows.

    The embedding is also fitted to permuted labels, and to each `named` column of training values.
    """
    found: dict[str, NDArray[np.float64]] = {}
    for name, given in features.items():
        scores = controls.control_scores(_all_rows(given), labels)
        found[name] = (
            np.full(len(given.test), np.nan) if scores is None else _centred(scores, given)
        )
    embedding = features.get(controls.EMBEDDING)
    if embedding is None:
        return ControlScores(found, {})
    drawn = controls.shuffled_scores(_all_rows(embedding), labels, seed)
    for number, column in enumerate([] if drawn is None else _centred(drawn, embedding).T):
        found[f"{PERMUTED}{number}"] = column
    probes = {name: controls.probe(embedding, values) for name, values in named.items()}
    return ControlScores(found, probes)


def _all_rows(given: ControlFeatures) -> ControlFeatures:
    """The same, with the training rows scored as well, before those of the test."""
    return ControlFeatures(given.train, np.concatenate([given.train, given.test]))


def _centred(scores: NDArray[np.float64], given: ControlFeatures) -> NDArray[np.float64]:
    trained = len(given.train)
    return scores[trained:] - scores[:trained].mean(axis=0)
