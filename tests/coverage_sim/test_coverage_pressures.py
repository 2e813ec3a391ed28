"""Do the intervals of agreement and skill cover the truth when women come back?"""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.evaluation.bland_altman import bland_altman
from fetal_hemo.evaluation.pressure_skill import pressure_skill

BIAS, BETWEEN, WITHIN = 1.5, 6.0, 5.0  # mmHg, of the model's error
MEAN, SPREAD = 105.0, 11.0  # of the pressures themselves
SD = float(np.hypot(BETWEEN, WITHIN))
ABSOLUTE = np.sqrt(2 / np.pi)  # mean absolute value of a standard normal


def measure(sim, repeats: int, women: int, seed: int) -> dict[str, float]:
    generator = np.random.default_rng(seed)
    agreements, skills = [], []
    for _ in range(repeats):
        woman = np.repeat(np.arange(women), generator.integers(1, 5, women))
        own, own_error = generator.normal(size=(2, women))
        error = BETWEEN * own_error[woman] + WITHIN * generator.normal(size=len(woman))
        truth = own[woman] * np.sqrt(0.6) + np.sqrt(0.4) * generator.normal(size=len(woman))
        truth = MEAN + SPREAD * truth
        agreements.append(bland_altman(truth + BIAS + error, truth, woman))
        skills.append(pressure_skill(truth + error, truth, woman, MEAN))
    return {
        "mean": sim.covered([a.mean_difference for a in agreements], BIAS),
        "lower": sim.covered([a.lower_limit for a in agreements], BIAS - 1.96 * SD),
        "upper": sim.covered([a.upper_limit for a in agreements], BIAS + 1.96 * SD),
        "error": sim.covered([s.error for s in skills], ABSOLUTE * SD),
        "gain": sim.covered([s.gain for s in skills], ABSOLUTE * (SPREAD - SD)),
        "skill": sim.covered([s.skill for s in skills], 1 - (SD / SPREAD) ** 2),
    }


def test_pressures_cover_in_short(sim) -> None:
    found = measure(sim, 500, 85, seed=31)
    assert min(found.values()) >= 0.92, found
    assert max(found.values()) <= 0.98, found


@pytest.mark.slow
@pytest.mark.parametrize("women", [45, 85, 400])
def test_pressures_cover(sim, women: int) -> None:
    found = measure(sim, 3_000, women, seed=32)
    print(women, found)
    assert min(found.values()) >= 0.93, found
    assert max(found.values()) <= 0.97, found
