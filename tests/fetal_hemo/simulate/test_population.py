"""What each confounder does to the women drawn, on and off."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.confounders import CONFOUNDERS
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.woman import draw_visit, draw_woman

WOMEN = 1_500


def link(confounder: str, population: Population) -> float:
    """Correlation of the cause with true systolic pressure at first visits."""
    cause, pressure = [], []
    for index in range(WOMEN):
        woman = draw_woman(population, index)
        visit = draw_visit(population, woman, 0)
        cause.append(
            {
                "maternal_age": woman.age_years,
                "gestational_age": visit.weeks,
                "bmi": woman.bmi_z,
                "gestational_diabetes": woman.gestational_diabetes,
                "device": woman.device,
                "site": woman.site,
            }[confounder]
        )
        pressure.append(visit.pressure.true_sbp)
    return float(np.corrcoef(cause, pressure)[0, 1])


SWITCHED = [name for name in CONFOUNDERS if name != "behavioural_state"]
LIMIT = 4 / np.sqrt(WOMEN)


@pytest.mark.parametrize("name", SWITCHED)
def test_a_confounder_goes_with_pressure_only_when_it_is_on(name: str) -> None:
    alone = Population(5, 0.2, 1.0, (name,))
    without = Population(5, 0.2, 1.0, tuple(set(CONFOUNDERS) - {name, "bmi"}))
    assert link(name, alone) > 0.1
    assert abs(link(name, without)) < LIMIT


@pytest.mark.parametrize("name", SWITCHED)
def test_without_an_effect_nothing_goes_with_pressure(name: str) -> None:
    assert abs(link(name, Population(5, 0.2, 0.0, tuple(CONFOUNDERS)))) < LIMIT


def test_diabetes_is_as_common_as_stated_and_commoner_in_heavier_women() -> None:
    women = [draw_woman(Population(2), index) for index in range(3_000)]
    has = np.array([w.gestational_diabetes for w in women])
    heavy = np.array([w.bmi > 30 for w in women])
    assert 0.08 < has.mean() < 0.14
    assert has[heavy].mean() > 1.4 * has[~heavy].mean()
