"""What this cohort can measure: its effective size, and the sharpness that it buys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index
from fetal_hemo.evaluation.needed_visits import AIM, AUROC, needed_visits
from fetal_hemo.evaluation.sample_size import (
    auroc_half_width,
    design_effect,
    intraclass_correlation,
)
from fetal_hemo.recordings.audit.finding import Finding, warning

BLUNT = 0.10  # half-width above which a study says little


@dataclass(frozen=True)
class Precision:
    """Of labelled visits; None where the cohort has too few to say.

    `half_width` fields are of the 95 % interval of an AUROC of 0.80; `needed` and
    `needed_to_develop` name the labelled visits that each aim takes in the test and in the
    training women, with this prevalence and these repeat visits.
    """

    visits: int
    women: int
    positive_visits: int
    visits_per_woman: float | None
    label_correlation: float | None
    design_effect: float
    effective_visits: float
    half_width_all: float | None
    test_share: float
    half_width_test: float | None
    parameters_supported: int
    needed: dict[str, int]
    needed_to_develop: dict[str, int]

    @property
    def prevalence(self) -> float:
        """Share of labelled visits that are positive."""
        return self.positive_visits / self.visits if self.visits else 0.0


def precision_of(labels: ArrayLike, women: ArrayLike, test_share: float) -> Precision:
    """The `Precision` of labelled visits `(visits,)` with labels 0 or 1, grouped by woman."""
    label = np.asarray(labels, dtype=np.int64)
    visits, positives = len(label), int(label.sum())
    count = woman_index(women)[1] if visits else 0
    correlation = intraclass_correlation(label, women) if visits else None
    inflation = design_effect(correlation, women) if correlation is not None else 1.0
    need = needed_visits(positives / visits if visits else 0.0, inflation, visits / inflation)
    return Precision(
        visits=visits,
        women=count,
        positive_visits=positives,
        visits_per_woman=visits / count if count else None,
        label_correlation=correlation,
        design_effect=inflation,
        effective_visits=visits / inflation,
        half_width_all=_half_width(label, 1.0, inflation),
        test_share=test_share,
        half_width_test=_half_width(label, test_share, inflation),
        parameters_supported=need.parameters,
        needed=need.to_test,
        needed_to_develop=need.to_develop,
    )


def _half_width(label: NDArray[np.int64], share: float, inflation: float) -> float | None:
    positives = share * float(label.sum())
    negatives = share * len(label) - positives
    if min(positives, negatives) < 1:
        return None
    return min(0.5, auroc_half_width(AUROC, positives, negatives, inflation))


def precision_findings(found: Precision) -> Iterator[Finding]:
    """A warning when the test women cannot tell a useful model from a useless one."""
    if not found.needed:
        return
    visits = next(iter(found.needed.values()))
    need = f"{visits} labelled visits in the test women would give {AIM:g}"
    if found.half_width_test is None:
        text = f"the usual test share ({found.test_share:.0%}) has less than one positive visit"
        yield warning("precision", f"{text}; {need}")
    elif found.half_width_test > BLUNT:
        text = f"an AUROC of {AUROC:.2f} would be known to within {found.half_width_test:.2f}"
        yield warning("precision", f"{text} on the usual test share; {need}")
