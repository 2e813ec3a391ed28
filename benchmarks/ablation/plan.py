"""How large the comparison is: the whole table, or a smoke form of minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A simulated cohort, its folds, and how long rows train.

    `prevalence` is of hypertensive and severe visits together: with 0.2 the four classes hold about
    60, 20, 14 and 6 % of the visits. `epochs` replaces those of the recipe; 0 leaves them. A row
    may learn to measure the hearts of other women, of `most_others` at most.
    """

    name: str
    women: int
    minutes: float
    prevalence: float
    cohort_seed: int
    folds: int
    epochs: int
    most_others: int


# No seed of these cohorts has been looked at while anything was chosen.
FULL = Plan("full", 400, 1.0, 0.2, 2_026, 5, 0, 100_000)
SMOKE = Plan("smoke", 40, 0.75, 0.4, 2_027, 2, 1, 12)
PLANS = {plan.name: plan for plan in (FULL, SMOKE)}
VALIDATION_SHARE = 0.2  # of a fold's training women: they stop training and calibrate
EFFECT, NO_EFFECT = 1.0, 0.0
