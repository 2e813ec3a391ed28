"""How many labelled visits a study needs, for what it wants to know."""

from __future__ import annotations

from typing import NamedTuple

from fetal_hemo.evaluation.development_size import development_size, parameters_supported
from fetal_hemo.evaluation.sample_size import (
    visits_for_half_width,
    visits_for_ratio,
    visits_for_slope,
)

AUROC = 0.80  # what AutoHyPE reported for 3,255 women
AIM = 0.05  # half-width that tells 0.80 from 0.75
SLOPE_AIM, RATIO_AIM = 0.2, 1.2
CLINICAL_PARAMETERS = 10  # age, gestation, BMI, parity, with curves and indicators


class NeededVisits(NamedTuple):
    """Labelled visits, with their repeat visits, by aim; and the `parameters` that a regression
    with an AUROC of 0.80 can carry on the visits there are."""

    to_test: dict[str, int]
    to_develop: dict[str, int]
    parameters: int


def needed_visits(prevalence: float, design_effect: float, visits: float) -> NeededVisits:
    """`NeededVisits` at this prevalence, with `visits` effective (independent) ones at hand.

    Riley 2020 and 2024, times the design effect. Empty at a prevalence of 0 or 1.
    """
    if not 0 < prevalence < 1:
        return NeededVisits({}, {}, 0)
    to_test = {
        f"AUROC {AUROC:.2f} to within {AIM:g}": visits_for_half_width(AUROC, AIM, prevalence),
        f"calibration slope to within {SLOPE_AIM:g}": visits_for_slope(
            AUROC, SLOPE_AIM, prevalence
        ),
        f"observed/expected within a factor of {RATIO_AIM:g}": visits_for_ratio(
            RATIO_AIM, prevalence
        ),
    }
    develop = development_size(AUROC, prevalence, CLINICAL_PARAMETERS)
    to_develop = {
        "effects overstated by a tenth at most": develop.shrinkage,
        "apparent R2 within 0.05 of the true one": develop.optimism,
        "overall risk to within 0.05": develop.overall_risk,
    }
    return NeededVisits(
        _inflated(to_test, design_effect),
        _inflated(to_develop, design_effect),
        parameters_supported(AUROC, prevalence, visits),
    )


def _inflated(sizes: dict[str, int], design_effect: float) -> dict[str, int]:
    return {aim: round(visits * design_effect) for aim, visits in sizes.items()}
