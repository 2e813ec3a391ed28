"""The fetal heart on the day of a visit: the only place where placental insufficiency acts.

Values at 24, 32 and 40 weeks are interpolated. Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.simulate.woman import Visit, Woman

Table = tuple[float, float, float]
WEEKS: Table = (24.0, 32.0, 40.0)
RATE_BPM = (144.0, 137.5, 131.0)  # S: Nijhuis 1998
RATE_SPREAD_BPM = 8.0  # I: between fetuses
RATE_LIMITS_BPM = (112.0, 170.0)  # S: normal baseline, PeerJ 82, widened: I
STV_MS = (6.2, 7.8, 9.2)  # S: Nijhuis 1998 (ends), I: middle
LTV_MS = (34.5, 45.0, 54.2)  # S: Nijhuis 1998 (ends), I: middle
VARIABILITY_LOG_SPREAD = 0.20  # I
LONG_TERM_LOG_SPREAD = 0.15  # I: long-term variation against short-term, between fetuses
VARIABILITY_LOG_PER_BPM = -0.025  # I, from S: rate explains half of the variance of STV and LTV
EMD_MS, EMD_SPREAD_MS = (38.0, 40.0, 43.0), 3.0  # S at term: Suzuki 1984; I: trend
ICT_MS, ICT_SPREAD_MS = (28.0, 28.0, 29.0), 3.0  # S: Suzuki 1984; click method, 730 fetuses
ET_MS, ET_SPREAD_MS = (175.0, 172.0, 169.0), 8.0  # S: Hernandez-Andrade 2007
IRT_MS, IRT_SPREAD_MS = (34.0, 36.0, 41.0), 5.0  # S: two references bracket it at term
WALL_WEEKS = (18.0, 37.0)
SYSTOLE_CM_S = (3.8, 6.0)  # S: left-ventricular wall charts, 302 fetuses
EARLY_CM_S = (3.3, 7.2)  # S: the same
ATRIAL_CM_S = (6.3, 7.9)  # S: the same
VELOCITY_LOG_SPREAD = 0.10  # I: between fetuses

# Per unit of z at effect 1. S: directions (Balli 2013, Lakhno 2017). I: sizes, set so that the
# myocardial performance index moves by 0.01-0.03 in mild and about 0.06 in severe disease.
Z_LOG_VARIABILITY = -0.10  # sign contested: reversed in some fetuses
Z_LOG_ACCELERATIONS = -0.15
Z_LOG_DECELERATIONS = 0.35  # S direction: 0.3, 1.5 and 2.8 a record (Lakhno 2017), shrunk
Z_LOG_MOVEMENTS = -0.10  # S direction: fewer body movements with pressure (Warner 2002)
Z_ICT_MS, Z_ET_MS, Z_IRT_MS = 1.2, -2.5, 3.0
Z_LOG_EARLY, Z_LOG_ATRIAL, Z_LOG_SYSTOLE = -0.06, -0.06, -0.03
Z_LIMITS = (-3.0, 4.0)  # I: effects do not grow without end
# Gestational diabetes, whatever the pressure. S: directions; I: sizes, about those of z = 1.
DIABETES_LOG_VARIABILITY, DIABETES_ICT_MS, DIABETES_IRT_MS = -0.10, 1.2, 3.0


@dataclass(frozen=True)
class Fetus:
    """Rate in bpm, variation and intervals in ms (at the mean rate), wall velocities in cm/s."""

    weeks: float
    rate_bpm: float
    stv_ms: float
    ltv_ms: float
    accelerations: float  # these three are relative to a healthy fetus
    decelerations: float
    movements: float
    emd_ms: float
    ict_ms: float
    et_ms: float
    irt_ms: float
    systole_cm_s: float
    early_cm_s: float
    atrial_cm_s: float


def fetus_at(woman: Woman, visit: Visit, effect: float) -> Fetus:
    """The fetus of a visit; `effect` scales what insufficiency does, 0 removes it."""
    weeks, traits = visit.weeks, woman.traits
    z = effect * float(np.clip(visit.insufficiency, *Z_LIMITS))
    sweet = float(woman.gestational_diabetes)
    middle = _at(weeks, RATE_BPM)
    rate = float(np.clip(middle + RATE_SPREAD_BPM * traits["rate"], *RATE_LIMITS_BPM))
    variation = np.exp(
        VARIABILITY_LOG_PER_BPM * (rate - middle)
        + VARIABILITY_LOG_SPREAD * traits["variability"]
        + Z_LOG_VARIABILITY * woman.contested_sign * z
        + DIABETES_LOG_VARIABILITY * sweet
    )
    long_term = np.exp(LONG_TERM_LOG_SPREAD * traits["long_term"])

    def velocity(ends: tuple[float, float], trait: str, per_z: float) -> float:
        spread = VELOCITY_LOG_SPREAD * traits[trait]
        return float(np.interp(weeks, WALL_WEEKS, ends) * np.exp(spread + per_z * z))

    def interval(trait: str, usual: Table, spread: float, shift: float) -> float:
        return _at(weeks, usual) + spread * traits[trait] + shift

    return Fetus(
        weeks=weeks,
        rate_bpm=rate,
        stv_ms=_at(weeks, STV_MS) * float(variation),
        ltv_ms=_at(weeks, LTV_MS) * float(variation * long_term),
        accelerations=float(np.exp(Z_LOG_ACCELERATIONS * z)),
        decelerations=float(np.exp(Z_LOG_DECELERATIONS * z)),
        movements=float(np.exp(Z_LOG_MOVEMENTS * z)),
        emd_ms=interval("emd", EMD_MS, EMD_SPREAD_MS, 0.0),
        ict_ms=interval("ict", ICT_MS, ICT_SPREAD_MS, Z_ICT_MS * z + DIABETES_ICT_MS * sweet),
        et_ms=interval("et", ET_MS, ET_SPREAD_MS, Z_ET_MS * z),
        irt_ms=interval("irt", IRT_MS, IRT_SPREAD_MS, Z_IRT_MS * z + DIABETES_IRT_MS * sweet),
        systole_cm_s=velocity(SYSTOLE_CM_S, "systole", Z_LOG_SYSTOLE),
        early_cm_s=velocity(EARLY_CM_S, "early", Z_LOG_EARLY),
        atrial_cm_s=velocity(ATRIAL_CM_S, "atrial", Z_LOG_ATRIAL),
    )


def _at(weeks: float, values: Table) -> float:
    return float(np.interp(weeks, WEEKS, values))
