"""Women and visits, drawn without audio: prevalence, visits, and the null effect."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.fetus import Fetus, fetus_at
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.woman import Visit, Woman, draw_visit, draw_woman

WOMEN = 1_200
AUDIBLE = ("rate_bpm", "stv_ms", "ict_ms", "et_ms", "irt_ms", "systole_cm_s", "early_cm_s")


def visits(prevalence: float, effect: float = 1.0) -> list[tuple[Woman, Visit, Fetus]]:
    drawn, population = [], Population(7, prevalence, effect)
    for index in range(WOMEN):
        woman = draw_woman(population, index)
        for number in range(woman.visits):
            visit = draw_visit(population, woman, number)
            drawn.append((woman, visit, fetus_at(woman, visit, effect)))
    return drawn


@pytest.mark.parametrize("prevalence", [0.05, 0.3, 0.5])
def test_share_of_positive_readings_is_the_one_asked_for(prevalence: float) -> None:
    read = [v.pressure.positive for _, v, _ in visits(prevalence)]
    known = [positive for positive in read if positive is not None]
    standard_error = 2.0 * np.sqrt(prevalence * (1 - prevalence) / len(known))  # clustered
    assert abs(np.mean(known) - prevalence) < 3 * standard_error
    assert 0.03 < read.count(None) / len(read) < 0.07


def test_women_have_one_to_four_visits_in_order_of_gestation() -> None:
    counts = set()
    for index in range(200):
        woman = draw_woman(Population(), index)
        counts.add(woman.visits)
        visits_ = [draw_visit(Population(), woman, n) for n in range(woman.visits)]
        days = [visit.gestational_age_days for visit in visits_]
        assert days == sorted(days)
        assert days[0] >= 126
        assert days[-1] <= 280
    assert counts == {1, 2, 3, 4}


def correlations(effect: float) -> dict[str, float]:
    drawn = [row for row in visits(0.3, effect) if row[1].index == 0]  # independent rows
    systolic = [visit.pressure.true_sbp for _, visit, _ in drawn]
    heard = {n: [getattr(fetus, n) for _, _, fetus in drawn] for n in AUDIBLE}
    heard["weeks"] = [visit.weeks for _, visit, _ in drawn]
    heard["bmi"] = [visit.bmi for _, visit, _ in drawn]
    return {name: float(np.corrcoef(systolic, values)[0, 1]) for name, values in heard.items()}


def test_effect_zero_leaves_no_relation_between_pressure_and_what_is_heard() -> None:
    limit = 4 / np.sqrt(WOMEN)
    assert all(abs(r) < limit for r in correlations(0.0).values())


def test_effect_one_lengthens_isovolumetric_relaxation_and_shortens_ejection() -> None:
    found = correlations(1.0)
    assert found["irt_ms"] > 0.2
    assert found["et_ms"] < -0.1
    assert found["weeks"] > 0.05
    assert found["bmi"] > 0.05


def test_mean_rate_falls_with_gestational_age() -> None:
    drawn = visits(0.05)
    early = [f.rate_bpm for _, v, f in drawn if v.weeks < 24]
    late = [f.rate_bpm for _, v, f in drawn if v.weeks > 36]
    assert 6 < np.mean(early) - np.mean(late) < 18  # Nijhuis 1998: 13 bpm from 24 to 40 weeks


def test_pressures_are_possible_even_at_the_highest_prevalence() -> None:
    for _, visit, _ in visits(0.5):
        pressure = visit.pressure
        assert 60 <= pressure.true_sbp <= 280
        assert 30 <= pressure.true_dbp < pressure.true_sbp
        if pressure.measured_sbp is not None and pressure.measured_dbp is not None:
            assert 60 <= pressure.measured_sbp <= 280
            assert 30 <= pressure.measured_dbp < pressure.measured_sbp
