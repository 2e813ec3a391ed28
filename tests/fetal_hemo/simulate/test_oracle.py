"""The oracles: calibrated, in order, honest at effect 0, and equal to a slow integral."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.simulate.blood_pressure import onset_for, positive_chance
from fetal_hemo.simulate.cohort import simulate_cohort
from fetal_hemo.simulate.liability import known_liability
from fetal_hemo.simulate.oracle import Oracle
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.woman import draw_visit, draw_woman, insufficiency_shift, weeks_z

WOMEN = 700


def scored(population: Population) -> dict[str, np.ndarray]:
    oracle, rows = Oracle(population), []
    for index in range(WOMEN):
        woman = draw_woman(population, index)
        for number in range(woman.visits):
            visit = draw_visit(population, woman, number)
            if visit.pressure.positive is not None:
                scores = oracle.scores(woman, visit, quiet=False)
                label = visit.pressure.positive
                rows.append((scores.history, scores.features, scores.latents, label, index))
    columns = zip(*rows, strict=True)
    names = ("history", "features", "latents", "label", "woman")
    return {name: np.array(column) for name, column in zip(names, columns, strict=True)}


def area(rows: dict[str, np.ndarray], name: str) -> float:
    value = clustered_auroc(rows[name], rows["label"], rows["woman"]).value
    assert value is not None
    return value


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    return scored(Population(3, 0.2))


def test_who_knows_more_orders_better(rows: dict[str, np.ndarray]) -> None:
    history, features, latents = (area(rows, n) for n in ("history", "features", "latents"))
    assert 0.5 < history < features < latents
    assert 0.80 < latents < 0.90  # set to about 0.85 on the whole


@pytest.mark.parametrize("name", ["history", "features", "latents"])
def test_chances_are_calibrated(rows: dict[str, np.ndarray], name: str) -> None:
    order = np.argsort(rows[name])
    for part in np.array_split(order, 5):
        expected, seen = rows[name][part].mean(), rows["label"][part].mean()
        error = np.sqrt(2.0 * expected * (1 - expected) / len(part))  # visits are clustered
        assert abs(expected - seen) < 3.5 * error + 0.005


def test_latents_equal_an_integral_over_liability() -> None:
    population = Population(1, 0.1, 1.0, ("bmi",))
    woman = draw_woman(population, 4)
    visit = draw_visit(population, woman, 0)
    known, variance = known_liability(population, woman.age_z, woman.bmi_z, weeks_z(visit.weeks))
    onset = onset_for(0.1)

    def weight(x: float) -> float:
        shift = insufficiency_shift(max(0.0, x - onset))
        return norm.pdf(x, known, np.sqrt(variance)) * norm.pdf(visit.insufficiency, shift)

    def positive(x: float) -> float:
        return weight(x) * float(positive_chance(np.array([x]), onset)[0])

    wanted = quad(positive, -6, 6, points=[onset])[0] / quad(weight, -6, 6, points=[onset])[0]
    assert Oracle(population).scores(woman, visit, False).latents == pytest.approx(wanted, abs=1e-3)


def test_a_larger_effect_lets_features_tell_more() -> None:
    found = [area(scored(Population(3, 0.2, effect, ())), "features") for effect in (0.5, 1, 2)]
    assert found == sorted(found)
    assert found[2] - found[0] > 0.03


def test_at_effect_zero_nobody_knows_anything() -> None:
    rows = scored(Population(3, 0.2, 0.0))
    assert all(area(rows, name) == 0.5 for name in ("history", "features", "latents"))


def test_a_cohort_comes_with_its_ceiling(tmp_path: Path) -> None:
    made = simulate_cohort(tmp_path / "c", women=20, minutes=0.0625, prevalence=0.4, jobs=1)
    ceiling = json.loads((tmp_path / "c" / "oracle.json").read_text())
    assert ceiling["simulated"] is True
    assert made.oracle_auroc == ceiling["latents"]["value"]
    assert ceiling["visits"] == made.labelled == len(ceiling["recordings"])
    assert ceiling["latents"]["low"] < ceiling["latents"]["value"] < ceiling["latents"]["high"]
