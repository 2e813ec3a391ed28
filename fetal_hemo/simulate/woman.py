"""Who is examined: a woman's lasting latents, and what is new at each of her visits.

Tags: `S` a published figure, `I` our inference where the literature is silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from fetal_hemo.simulate.blood_pressure import BloodPressure, blood_pressure
from fetal_hemo.simulate.liability import LINKED_CORRELATION, WOMAN_WEIGHT, known_liability
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.streams import Purpose, stream

AGE_YEARS, AGE_LIMITS = (26.0, 6.0), (15.0, 46.0)  # I: young rural cohort
BMI, BMI_LOG_SPREAD, BMI_LIMITS = 25.5, 0.15, (17.0, 46.0)  # I
BMI_PER_WEEK = 0.15  # I: about 0.4 kg a week
PARITY_MEAN = 1.6  # I
EXTRA_VISITS, MOST_VISITS = 1.6, 4  # S: 8,170 visits of 3,255 women (AutoHyPE): 2.5 each
GESTATION_WEEKS = (18.0, 40.0)  # I
DEVICES, SITES = 4, 3  # I
DIABETES_SHARE, DIABETES_PER_BMI = 0.10, 0.4  # I, S direction: commoner in heavier women
CONTESTED_SHARE = 0.3  # I, from S: variability falls (Lakhno 2017) or rises (Buscicchio 2010)

# I: mean placental insufficiency z of a visit with pressure excess d is A * d ** B: about 0.8 at
# 140/90 and 2 in severe visits, set so that an oracle on z, GA, BMI and age reaches about 0.85.
INSUFFICIENCY_SCALE, INSUFFICIENCY_POWER = 1.45, 1.1
INSUFFICIENCY_VISIT_SHARE = 0.2  # I: most of z lasts through the pregnancy
TRAITS = (
    "rate",
    "variability",
    "long_term",
    "emd",
    "ict",
    "et",
    "irt",
    "systole",
    "early",
    "atrial",
)


@dataclass(frozen=True)
class Woman:
    """What stays the same over a woman's visits. `traits` are standard-normal fetal traits."""

    index: int
    age_years: float
    bmi: float
    parity: int
    visits: int
    device: int
    site: int
    gestational_diabetes: bool
    liability: float
    insufficiency: float
    contested_sign: float  # +1: variability falls with z; -1: it rises
    traits: dict[str, float]

    @property
    def age_z(self) -> float:
        """Age in standard deviations of the population."""
        return (self.age_years - AGE_YEARS[0]) / AGE_YEARS[1]

    @property
    def bmi_z(self) -> float:
        """Logarithm of the body mass index in standard deviations of the population."""
        return float(np.log(self.bmi / BMI) / BMI_LOG_SPREAD)


@dataclass(frozen=True)
class Visit:
    """One examination: gestational age, pressure and placental insufficiency of the day."""

    index: int
    gestational_age_days: int
    bmi: float
    pressure: BloodPressure
    insufficiency: float
    liability: float

    @property
    def weeks(self) -> float:
        """Gestational age in weeks."""
        return self.gestational_age_days / 7.0


def draw_woman(population: Population, index: int) -> Woman:
    """Woman number `index` of a population, from these alone."""
    rng = stream(population.seed, Purpose.WOMAN, index)
    traits = rng.normal(size=len(TRAITS))
    age = round(float(np.clip(rng.normal(*AGE_YEARS), *AGE_LIMITS)), 1)
    bmi = float(np.clip(BMI * np.exp(BMI_LOG_SPREAD * rng.normal()), *BMI_LIMITS))
    parity = int(min(rng.poisson(PARITY_MEAN), 9))
    visits = int(min(1 + rng.poisson(EXTRA_VISITS), MOST_VISITS))
    liability, insufficiency = rng.normal(size=2)
    sign = -1.0 if rng.random() < CONTESTED_SHARE else 1.0

    def rank(confounder: str) -> float:
        """Uniform in 0-1, which goes with the woman's liability where that link is on."""
        with_it = LINKED_CORRELATION[confounder] if population.linked(confounder) else 0.0
        own = np.sqrt(1 - with_it**2) * rng.normal()
        return float(ndtr(with_it * liability + own))

    return Woman(
        index=index,
        age_years=age,
        bmi=bmi,
        parity=parity,
        visits=visits,
        device=min(int(rank("device") * DEVICES), DEVICES - 1),
        site=min(int(rank("site") * SITES), SITES - 1),
        gestational_diabetes=rank("gestational_diabetes") > 1 - diabetes_chance(bmi),
        liability=float(liability),
        insufficiency=float(insufficiency),
        contested_sign=sign,
        traits=dict(zip(TRAITS, traits.tolist(), strict=True)),
    )


def diabetes_chance(bmi: float) -> float:
    """Chance of gestational diabetes at a body mass index."""
    rise = DIABETES_PER_BMI * np.log(bmi / BMI) / BMI_LOG_SPREAD
    return float(min(DIABETES_SHARE * np.exp(rise), 0.5))


def draw_visit(population: Population, woman: Woman, index: int) -> Visit:
    """Visit number `index` of a woman; visits are spread over her pregnancy in order."""
    rng = stream(population.seed, Purpose.VISIT, woman.index, index)
    first, last = GESTATION_WEEKS
    weeks = first + (last - first) * (index + rng.random()) / woman.visits
    known, rest = known_liability(population, woman.age_z, woman.bmi_z, weeks_z(weeks))
    spread = np.sqrt(rest - WOMAN_WEIGHT**2)
    liability = float(known + WOMAN_WEIGHT * woman.liability + spread * rng.normal())
    own = float(rng.normal())
    pressure = blood_pressure(liability, population.prevalence, rng)
    share = INSUFFICIENCY_VISIT_SHARE
    z = np.sqrt(1 - share) * woman.insufficiency + np.sqrt(share) * own
    return Visit(
        index=index,
        gestational_age_days=int(weeks * 7),
        bmi=round(woman.bmi + BMI_PER_WEEK * (weeks - first), 1),
        pressure=pressure,
        insufficiency=float(z + insufficiency_shift(pressure.excess)),
        liability=liability,
    )


def weeks_z(weeks: float) -> float:
    """Gestational age in standard deviations of a visit's."""
    first, last = GESTATION_WEEKS
    return (weeks - 0.5 * (first + last)) / ((last - first) / float(np.sqrt(12)))


def insufficiency_shift(excess: float) -> float:
    """What pressure beyond its onset (`excess`, in units of liability) adds to the mean of z."""
    return float(INSUFFICIENCY_SCALE * excess**INSUFFICIENCY_POWER)
