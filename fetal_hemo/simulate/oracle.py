"""The best that anybody could do on a simulated cohort: Bayes' rule on what is really true.

All know the age, body mass, gestational age, diabetes, unit and site of a woman, and
whether the fetus sleeps (`history`). `features` also has the noiseless intervals, velocities and
variation of the fetal heart, which differ between healthy fetuses too; `latents` has the placental
insufficiency itself.
The pressure is integrated over its liability on a grid, so nothing is fitted and nothing learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr
from scipy.stats import norm

from fetal_hemo.simulate import fetus as heart
from fetal_hemo.simulate.blood_pressure import onset_for, positive_chance
from fetal_hemo.simulate.liability import (
    LINKED_CORRELATION,
    WOMAN_WEIGHT,
    known_liability,
    quiet_log_odds,
)
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.rhythm import STATE_SHARE
from fetal_hemo.simulate.woman import (
    CONTESTED_SHARE,
    DEVICES,
    SITES,
    Visit,
    Woman,
    diabetes_chance,
    insufficiency_shift,
    weeks_z,
)

LIABILITY = np.linspace(-4.5, 4.5, 361)
INSUFFICIENCY = np.linspace(-4.5, 7.0, 231)


@dataclass(frozen=True)
class OracleScores:
    """Probability of a positive reading before the heart is heard, and from what it could tell."""

    history: float
    features: float
    latents: float


class Oracle:
    """Scores visits of one population."""

    def __init__(self, population: Population, own_rhythm: bool = True) -> None:
        self.population, self.own_rhythm = population, own_rhythm
        onset = onset_for(population.prevalence)
        self.positive = positive_chance(LIABILITY, onset)
        shift = np.array([insufficiency_shift(max(0.0, x - onset)) for x in LIABILITY])
        # (liability, insufficiency): how likely a z is at a liability
        self.z_given = norm.pdf(INSUFFICIENCY[None, :], loc=shift[:, None])
        self.shift = shift
        pull = np.array([quiet_log_odds(population, float(x)) for x in LIABILITY])
        self.sleeping = expit(logit(STATE_SHARE[0]) + pull)

    def scores(self, woman: Woman, visit: Visit, quiet: bool) -> OracleScores:
        """`OracleScores` of one visit; `quiet`: its recording begins in quiet sleep."""
        prior = self._prior(woman, visit) * (self.sleeping if quiet else 1 - self.sleeping)
        heard = self.population.effect > 0  # else insufficiency is there and moves nothing
        by_latent = prior * (norm.pdf(visit.insufficiency, loc=self.shift) if heard else 1.0)
        by_feature = prior * (self.z_given @ self._features(woman, visit))
        return OracleScores(*map(self._chance, (prior, by_feature, by_latent)))

    def _chance(self, weight: np.ndarray) -> float:
        chance = float(weight @ self.positive / weight.sum())
        return round(chance, 9)  # no order among women of whom the same is known

    def _prior(self, woman: Woman, visit: Visit) -> np.ndarray:
        """Weight of each liability before the heart is heard."""
        known, variance = known_liability(
            self.population, woman.age_z, woman.bmi_z, weeks_z(visit.weeks)
        )
        rest = LIABILITY - known
        weight = norm.pdf(rest, scale=np.sqrt(variance))
        limit = 1 - diabetes_chance(woman.bmi)
        cells = (
            ("device", woman.device / DEVICES, (woman.device + 1) / DEVICES),
            ("site", woman.site / SITES, (woman.site + 1) / SITES),
            ("gestational_diabetes", *((limit, 1.0) if woman.gestational_diabetes else (0, limit))),
        )
        for name, low, high in cells:
            if self.population.linked(name):
                weight = weight * _cell_chance(name, low, high, rest, variance)
        return weight

    def _features(self, woman: Woman, visit: Visit) -> np.ndarray:
        """Likelihood `(z,)` of the fetus: each feature differs between fetuses by its own trait."""
        moved = self.population.effect * np.clip(INSUFFICIENCY, *heart.Z_LIMITS)
        own = self.population.effect * float(np.clip(visit.insufficiency, *heart.Z_LIMITS))
        traits = woman.traits
        log = np.zeros(len(moved))
        for trait, per_z, spread in (
            ("ict", heart.Z_ICT_MS, heart.ICT_SPREAD_MS),
            ("et", heart.Z_ET_MS, heart.ET_SPREAD_MS),
            ("irt", heart.Z_IRT_MS, heart.IRT_SPREAD_MS),
            ("early", heart.Z_LOG_EARLY, heart.VELOCITY_LOG_SPREAD),
            ("atrial", heart.Z_LOG_ATRIAL, heart.VELOCITY_LOG_SPREAD),
            ("systole", heart.Z_LOG_SYSTOLE, heart.VELOCITY_LOG_SPREAD),
        ):
            log += norm.logpdf(traits[trait] + (own - moved) * per_z / spread)
        if not self.own_rhythm:
            return np.asarray(np.exp(log))
        per_z = heart.Z_LOG_VARIABILITY / heart.VARIABILITY_LOG_SPREAD
        seen = traits["variability"] + woman.contested_sign * own * per_z
        signs = (1 - CONTESTED_SHARE) * norm.pdf(seen - moved * per_z)
        signs += CONTESTED_SHARE * norm.pdf(seen + moved * per_z)
        return np.asarray(np.exp(log) * signs)


def _cell_chance(
    name: str, low: float, high: float, rest: np.ndarray, variance: float
) -> np.ndarray:
    """Chance that a woman's rank lies between `low` and `high`, at each liability."""
    shared = LINKED_CORRELATION[name] * WOMAN_WEIGHT
    centre = shared * rest / variance
    spread = np.sqrt(1 - shared**2 / variance)
    edges = norm.ppf([low, high])
    return np.asarray(ndtr((edges[1] - centre) / spread) - ndtr((edges[0] - centre) / spread))
