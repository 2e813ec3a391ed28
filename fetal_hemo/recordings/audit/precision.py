"""What this cohort can measure: its effective size, and the sharpness that it buys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index
from fetal_hemo.evaluation.sample_size import (
    auroc_half_width,
    design_effect,
    intraclass_correlation,
    visits_for_half_width,
    visits_for_ratio,
    visits_for_slope,
)
from fetal_hemo.recordings.audit.finding import Finding, warning

AUROC = 0.80  # what AutoHyPE reported for 3,255 women
AIM = 0.05  # half-width that tells 0.80 from 0.75
BLUNT = 0.10  # half-width above which a study says little
SLOPE_AIM, RATIO_AIM = 0.2, 1.2
EVENTS_PER_PARAMETER = 10  # the old rule of thumb (Peduzzi 1996); too few for a network anyway


@dataclass(frozen=True)
class Precision:
    """Of labelled visits; None where the cohort has too few to say.

    `half_width` fields are of the 95 % interval of an AUROC of 0.80; `needed` names the labelled
    visits that a test set needs for each aim, with this prevalence and these repeat visits.
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
        parameters_supported=min(positives, visits - positives) // EVENTS_PER_PARAMETER,
        needed=_needed(positives / visits if visits else 0.0, inflation),
    )


def _half_width(label: NDArray[np.int64], share: float, inflation: float) -> float | None:
    positives = share * float(label.sum())
    negatives = share * len(label) - positives
    if min(positives, negatives) < 1:
        return None
    return min(0.5, auroc_half_width(AUROC, positives, negatives, inflation))


def _needed(prevalence: float, inflation: float) -> dict[str, int]:
    if not 0 < prevalence < 1:
        return {}
    alone = {
        f"AUROC {AUROC:.2f} to within {AIM:g}": visits_for_half_width(AUROC, AIM, prevalence),
        f"calibration slope to within {SLOPE_AIM:g}": visits_for_slope(
            AUROC, SLOPE_AIM, prevalence
        ),
        f"observed/expected within a factor of {RATIO_AIM:g}": visits_for_ratio(
            RATIO_AIM, prevalence
        ),
    }
    return {aim: round(visits * inflation) for aim, visits in alone.items()}


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
