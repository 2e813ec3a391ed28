"""Who is examined: a woman's lasting latents, and what is new at each of her visits.

Tags: `S` a published figure, `I` our inference where the literature is silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.simulate.blood_pressure import BloodPressure, blood_pressure
from fetal_hemo.simulate.streams import Purpose, stream

AGE_YEARS, AGE_LIMITS = (26.0, 6.0), (15.0, 46.0)  # I: young rural cohort
BMI, BMI_LOG_SPREAD, BMI_LIMITS = 25.5, 0.15, (17.0, 46.0)  # I
BMI_PER_WEEK = 0.15  # I: about 0.4 kg a week
PARITY_MEAN = 1.6  # I
EXTRA_VISITS, MOST_VISITS = 1.6, 4  # S: 8,170 visits of 3,255 women (AutoHyPE): 2.5 each
GESTATION_WEEKS = (18.0, 40.0)  # I
DEVICES, SITES = 4, 3  # I
CONTESTED_SHARE = 0.3  # I, from S: variability falls (Lakhno 2017) or rises (Buscicchio 2010)

# I: weights of a standard-normal liability to high pressure. BMI adds 7/3 mmHg (S: Brown 2008),
# hypertension clusters late in pregnancy.
WOMAN_WEIGHT, BMI_WEIGHT, WEEKS_WEIGHT, AGE_WEIGHT = 0.60, 0.25, 0.25, 0.15
# I: mean placental insufficiency z of a visit with pressure excess d is A * d ** B: about 0.8 at
# 140/90 and 2 in severe visits, set so that an oracle on z, GA, BMI and age reaches about 0.85.
INSUFFICIENCY_SCALE, INSUFFICIENCY_POWER = 1.45, 1.1
INSUFFICIENCY_VISIT_SHARE = 0.2  # I: most of z lasts through the pregnancy
TRAITS = ("rate", "variability", "emd", "ict", "et", "irt", "systole", "early", "atrial")


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
    liability: float
    insufficiency: float
    contested_sign: float  # +1: variability falls with z; -1: it rises
    traits: dict[str, float]


@dataclass(frozen=True)
class Visit:
    """One examination: gestational age, pressure and placental insufficiency of the day."""

    index: int
    gestational_age_days: int
    bmi: float
    pressure: BloodPressure
    insufficiency: float

    @property
    def weeks(self) -> float:
        """Gestational age in weeks."""
        return self.gestational_age_days / 7.0


def draw_woman(seed: int, index: int) -> Woman:
    """Woman number `index` of the cohort `seed`, from these two numbers alone."""
    rng = stream(seed, Purpose.WOMAN, index)
    traits = rng.normal(size=len(TRAITS))
    return Woman(
        index=index,
        age_years=round(float(np.clip(rng.normal(*AGE_YEARS), *AGE_LIMITS)), 1),
        bmi=float(np.clip(BMI * np.exp(BMI_LOG_SPREAD * rng.normal()), *BMI_LIMITS)),
        parity=int(min(rng.poisson(PARITY_MEAN), 9)),
        visits=int(min(1 + rng.poisson(EXTRA_VISITS), MOST_VISITS)),
        device=int(rng.integers(DEVICES)),
        site=int(rng.integers(SITES)),
        liability=float(rng.normal()),
        insufficiency=float(rng.normal()),
        contested_sign=-1.0 if rng.random() < CONTESTED_SHARE else 1.0,
        traits=dict(zip(TRAITS, traits.tolist(), strict=True)),
    )


def draw_visit(
    seed: int, woman: Woman, index: int, prevalence: float, effect: float = 1.0
) -> Visit:
    """Visit number `index` of a woman; visits are spread over her pregnancy in order.

    An effect of 0 also frees pressure from gestational age and BMI, which can be heard: without
    that, a null cohort would keep a path from pressure to sound.
    """
    rng = stream(seed, Purpose.VISIT, woman.index, index)
    first, last = GESTATION_WEEKS
    weeks = first + (last - first) * (index + rng.random()) / woman.visits
    liability = _liability(woman, weeks, min(1.0, effect), float(rng.normal()))
    own = rng.normal()
    pressure = blood_pressure(liability, prevalence, rng)
    share = INSUFFICIENCY_VISIT_SHARE
    shift = INSUFFICIENCY_SCALE * pressure.excess**INSUFFICIENCY_POWER
    z = np.sqrt(1 - share) * woman.insufficiency + np.sqrt(share) * own + shift
    return Visit(
        index=index,
        gestational_age_days=int(weeks * 7),
        bmi=round(woman.bmi + BMI_PER_WEEK * (weeks - first), 1),
        pressure=pressure,
        insufficiency=float(z),
    )


def _liability(woman: Woman, weeks: float, heard: float, own: float) -> float:
    """Unit-variance liability; `heard` in 0-1 scales what also changes the sound."""
    middle = 0.5 * sum(GESTATION_WEEKS)
    weeks_z = (weeks - middle) / ((GESTATION_WEEKS[1] - GESTATION_WEEKS[0]) / np.sqrt(12))
    bmi_z = np.log(woman.bmi / BMI) / BMI_LOG_SPREAD
    age_z = (woman.age_years - AGE_YEARS[0]) / AGE_YEARS[1]
    weights = np.array([WOMAN_WEIGHT, AGE_WEIGHT, heard * BMI_WEIGHT, heard * WEEKS_WEIGHT])
    shared = weights @ np.array([woman.liability, age_z, bmi_z, weeks_z])
    return float(shared + np.sqrt(1 - weights @ weights) * own)
