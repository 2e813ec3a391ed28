"""Without an effect the labels are exchangeable between women; a recording is the same anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.stats import kstest

from fetal_hemo.confounders import CONFOUNDERS
from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.simulate.card import Parameters
from fetal_hemo.simulate.cohort import addresses, simulate_cohort
from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.files import make_recording
from fetal_hemo.simulate.liability import quiet_log_odds
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.quality_runs import quality_runs
from fetal_hemo.simulate.recording import record_visit
from fetal_hemo.simulate.site import trouble_at
from fetal_hemo.simulate.streams import Purpose, stream
from fetal_hemo.simulate.woman import DEVICES, SITES, draw_visit, draw_woman

Array = NDArray[np.float64]
COHORTS, WOMEN, SHUFFLES = 20, 100, 199
PREVALENCE = 0.3
MINUTE = 240_000  # samples
# Expected numbers of events: the insufficiency itself in other words, which nobody can hear.
GIVE_AWAY = ("accelerations", "decelerations", "movements")


@dataclass(frozen=True)
class Table:
    """What is audible or told of each visit `(visits, columns)`, the reading, whose visit it is."""

    audible: Array
    positive: Array  # 1 or 0, NaN without a reading
    visits: NDArray[np.int64]  # (women,) how many each has; hers are next to each other


@cache
def quality_shares(seed: int, site: int, woman: int, visit: int) -> tuple[float, ...]:
    """Share of each quality class in one minute."""
    rng = stream(seed, Purpose.QUALITY_RUNS, woman, visit)
    labels = quality_runs(MINUTE, trouble_at(seed, site), rng).labels
    return tuple(np.bincount(labels, minlength=len(QUALITY_CLASSES))[:5] / len(labels))


def drawn(population: Population, hidden: tuple[str, ...]) -> Table:
    """A cohort without its sound: every fact that the sound could carry, `hidden` ones left out."""
    rows, labels, counts = [], [], []
    for index in range(WOMEN):
        woman = draw_woman(population, index)
        counts.append(woman.visits)
        for number in range(woman.visits):
            visit = draw_visit(population, woman, number)
            known = (woman.age_years, visit.bmi, woman.parity, woman.gestational_diabetes)
            places = (*(np.arange(DEVICES) == woman.device), *(np.arange(SITES) == woman.site))
            shares = quality_shares(population.seed, woman.site, index, number)
            fetus = vars(fetus_at(woman, visit, population.effect))
            heart = [value for name, value in fetus.items() if name not in hidden]
            sleepy = quiet_log_odds(population, visit.liability)
            rows.append((*heart, sleepy, *known, *places, *shares))
            labels.append(visit.pressure.positive)
    return Table(np.array(rows, float), np.array(labels, float), np.array(counts))


def p_value(table: Table, seed: int) -> float:
    """Chance of so large a correlation of any column when women's labels change places.

    All labels of a woman move together, to a woman with as many visits.
    """
    label = np.nan_to_num(table.positive - np.nanmean(table.positive))
    column = table.audible - table.audible.mean(axis=0)
    column = column / (np.linalg.norm(column, axis=0) + 1e-12)
    first = np.cumsum(table.visits) - table.visits
    rng, largest = np.random.default_rng(seed), []
    for shuffle in range(SHUFFLES + 1):
        moved = label.copy()
        for count in np.unique(table.visits) if shuffle else ():
            rows = first[table.visits == count][:, None] + np.arange(count)
            moved[rows] = label[rng.permutation(rows, axis=0)]
        largest.append(np.abs(moved @ column).max())
    return float((np.array(largest) >= largest[0]).mean())


def p_values(effect: float, confounders: tuple[str, ...], hidden: tuple[str, ...] = ()) -> Array:
    populations = [Population(s, PREVALENCE, effect, confounders) for s in range(COHORTS)]
    return np.array([p_value(drawn(p, hidden), p.seed) for p in populations])


def test_at_effect_zero_labels_are_exchangeable_between_women() -> None:
    """Though all confounders are asked for: nothing may be found, so nothing may be linked."""
    found = p_values(0.0, tuple(CONFOUNDERS))
    assert kstest(found, "uniform").pvalue > 0.01
    assert (found < 0.05).sum() <= 3


def test_the_same_test_finds_the_effect_without_any_confounder() -> None:
    found = p_values(1.0, (), GIVE_AWAY)
    assert (found < 0.05).sum() >= COHORTS - 2


@pytest.fixture(scope="module")
def small() -> Parameters:
    return Parameters(3, 19, 1.0, 0.0625, 0.3, tuple(CONFOUNDERS))


def test_recordings_are_the_same_alone_and_in_any_order(small: Parameters, tmp_path: Path) -> None:
    whole, backwards = tmp_path / "whole", tmp_path / "backwards"
    simulate_cohort(
        whole,
        women=small.women,
        seed=small.seed,
        minutes=small.minutes,
        prevalence=small.prevalence,
        confounders=small.confounders,
        jobs=1,
    )
    places = list(addresses(small))
    for address in reversed(places):
        make_recording(backwards, small, *address)
    for path in (p for p in backwards.rglob("*") if p.is_file()):
        assert path.read_bytes() == (whole / path.relative_to(backwards)).read_bytes()
    assert len(list((whole / "audio").iterdir())) == len(places) > small.women
    woman, visit = places[-1]
    alone = record_visit(small.population, woman, visit, small.minutes).samples
    stored, _ = soundfile.read(whole / f"audio/W{woman + 1:04d}-V{visit + 1}.flac")
    assert np.abs(stored - alone).max() <= 0.5 / 32_768 + 1e-7


def test_a_woman_is_the_same_in_a_larger_cohort_and_differs_with_the_seed() -> None:
    few, many = (set(addresses(Parameters(n, 4, 1.0, 1.0, 0.05))) for n in (5, 50))
    assert few == {address for address in many if address[0] < 5}
    here, there = (draw_woman(Population(seed), 3) for seed in (4, 5))
    assert here.traits != there.traits
