"""Liability to high pressure: a standard normal sum of a woman's own part and what is known of her.

All weights are our inference, from published directions: body mass adds 7/3 mmHg (PMC4415864),
hypertension clusters late in pregnancy.
"""

from __future__ import annotations

from fetal_hemo.simulate.population import Population

WOMAN_WEIGHT = 0.60  # lasts over her visits
AGE_WEIGHT, BMI_WEIGHT, WEEKS_WEIGHT = 0.15, 0.25, 0.25
# Correlation of a woman's own part with what else goes with it, where that confounder is on.
LINKED_CORRELATION = {"device": 0.6, "site": 0.6, "gestational_diabetes": 0.45}
QUIET_LOG_ODDS = 0.9  # of quiet sleep, by unit of liability, where behavioural state is on


def known_liability(
    population: Population, age_z: float, bmi_z: float, weeks_z: float
) -> tuple[float, float]:
    """`(mean, variance)` of the liability given age, body mass and gestational age."""
    weights = (
        AGE_WEIGHT if population.linked("maternal_age") else 0.0,
        BMI_WEIGHT if population.linked("bmi") else 0.0,
        WEEKS_WEIGHT if population.linked("gestational_age") else 0.0,
    )
    mean = weights[0] * age_z + weights[1] * bmi_z + weights[2] * weeks_z
    return mean, 1.0 - sum(weight**2 for weight in weights)


def quiet_log_odds(population: Population, liability: float) -> float:
    """Extra log odds that the fetus sleeps quietly when it is recorded."""
    return QUIET_LOG_ODDS * liability if population.linked("behavioural_state") else 0.0
