"""Blood pressure of a visit: a long-tailed true pressure, and what the cuff says.

A normal liability decides the pressure; beyond an onset it rises steeply, which gives the long
tail of elevated, hypertensive and severe visits. Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

NORMAL_MMHG = (104.0, 64.0)  # S: Guatemala, 114 visits, median 102/63.5 (Front AI 2020), rounded
PER_LIABILITY_MMHG = (8.0, 6.0)  # I: with the residual below, a normotensive SD of 9/7
RESIDUAL_MMHG = (4.0, 4.0)  # I: within-visit fluctuation
PER_EXCESS_MMHG = (38.0, 31.0)  # I: diastolic-only in 46-73 % of positives, S: CLIP trials
CUFF_BIAS_NORMAL_MMHG = (0.75, 1.33)  # S: Omron M7, general adults (n=85)
CUFF_BIAS_HYPERTENSIVE_MMHG = (-5.3, -3.5)  # S: Omron M7 in pregnancy incl. pre-eclampsia (n=45)
CUFF_SPREAD_MMHG = (6.6, 6.9)  # S: the same
EXCESS_OF_FULL_BIAS = 1.0  # I: liability beyond onset at which the bias is that of pre-eclampsia
POSITIVE_MMHG = (140.0, 90.0)  # S: ISSHP
MISSING_SHARE = 0.05  # I
LOWEST_PULSE_PRESSURE_MMHG = 15.0  # I: keeps diastolic below systolic
LIMITS_MMHG = ((70.0, 230.0), (38.0, 150.0))  # I: what a living woman and her cuff show


@dataclass(frozen=True)
class BloodPressure:
    """True and measured pressure in mmHg; measured is None when no reading was taken."""

    true_sbp: float
    true_dbp: float
    measured_sbp: int | None
    measured_dbp: int | None
    excess: float  # liability beyond onset, 0 in normotensive visits

    @property
    def positive(self) -> bool | None:
        """Whether the reading is >= 140 or >= 90; None without a reading."""
        if self.measured_sbp is None or self.measured_dbp is None:
            return None
        return self.measured_sbp >= POSITIVE_MMHG[0] or self.measured_dbp >= POSITIVE_MMHG[1]


def _expected(liability: np.ndarray, onset: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Mean true pressures and mean cuff biases at each liability."""
    excess = np.maximum(0.0, liability - onset)
    worse = np.minimum(1.0, excess / EXCESS_OF_FULL_BIAS)
    true, bias = [], []
    for part in range(2):
        per_unit, tail = PER_LIABILITY_MMHG[part], PER_EXCESS_MMHG[part]
        true.append(NORMAL_MMHG[part] + per_unit * liability + tail * excess)
        normal, high = CUFF_BIAS_NORMAL_MMHG[part], CUFF_BIAS_HYPERTENSIVE_MMHG[part]
        bias.append(normal + (high - normal) * worse)
    return true, bias


def positive_chance(liability: np.ndarray, onset: float) -> np.ndarray:
    """Chance `(liabilities,)` that the cuff reads >= 140 or >= 90."""
    negative = np.ones_like(liability)
    true, bias = _expected(liability, onset)
    for part in range(2):
        spread = np.hypot(RESIDUAL_MMHG[part], CUFF_SPREAD_MMHG[part])
        limit = POSITIVE_MMHG[part] - 0.5  # readings are whole numbers
        negative *= ndtr((limit - true[part] - bias[part]) / spread)
    return 1 - negative


def _positive_share(onset: float) -> float:
    liability = np.linspace(-5, 5, 2001)
    weight = np.exp(-0.5 * liability**2)
    return float(np.sum(weight * positive_chance(liability, onset)) / weight.sum())


@lru_cache(maxsize=8)
def onset_for(prevalence: float) -> float:
    """Liability above which pressure climbs, so that a reading is positive at `prevalence`."""
    low, high = -5.0, 5.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _positive_share(middle) > prevalence else (low, middle)
    return 0.5 * (low + high)


def blood_pressure(liability: float, prevalence: float, rng: np.random.Generator) -> BloodPressure:
    """Pressure of one visit whose standard-normal liability is given."""
    onset = onset_for(prevalence)
    true, bias = _expected(np.array([liability]), onset)
    fluctuation, error = rng.normal(size=(2, 2))
    values = [float(true[i][0] + RESIDUAL_MMHG[i] * fluctuation[i]) for i in range(2)]
    values = _possible(values)
    read = [values[i] + bias[i][0] + CUFF_SPREAD_MMHG[i] * error[i] for i in range(2)]
    read = _possible(read)
    taken = rng.random() >= MISSING_SHARE
    return BloodPressure(
        true_sbp=round(values[0], 1),
        true_dbp=round(values[1], 1),
        measured_sbp=round(read[0]) if taken else None,
        measured_dbp=round(read[1]) if taken else None,
        excess=max(0.0, liability - onset),
    )


def _possible(pair: list[float]) -> list[float]:
    systolic, diastolic = (float(np.clip(pair[i], *LIMITS_MMHG[i])) for i in range(2))
    return [systolic, min(diastolic, systolic - LOWEST_PULSE_PRESSURE_MMHG)]
