"""Quality, unit, site and depth tell the reading where their confounder is on, and only there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fetal_hemo.confounders import CONFOUNDERS
from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.logistic import fit_logistic
from fetal_hemo.recordings.audio import windows_of
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import load_quality_head
from fetal_hemo.simulate.depth import echo_loss_db
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.quality_runs import SHARE, quality_runs
from fetal_hemo.simulate.recording import record_visit
from fetal_hemo.simulate.site import TROUBLES, trouble_at
from fetal_hemo.simulate.streams import Purpose, stream
from fetal_hemo.simulate.woman import DEVICES, SITES, Visit, Woman, draw_visit, draw_woman

Array = NDArray[np.float64]
Row = Callable[[Population, Woman, Visit], list[float]]
SEED, WOMEN, PREVALENCE = 17, 700, 0.3
FIVE_MINUTES = 1_200_000  # samples


def quality(population: Population, woman: Woman, visit: Visit) -> list[float]:
    """Shares of the troubled windows of five minutes."""
    return list(_shares(population.seed, woman.site, woman.index, visit.index))


@cache
def _shares(seed: int, site: int, woman: int, visit: int) -> Array:
    rng = stream(seed, Purpose.QUALITY_RUNS, woman, visit)
    labels = quality_runs(FIVE_MINUTES, trouble_at(seed, site), rng).labels
    return np.bincount(labels, minlength=len(SHARE))[1 : len(SHARE)] / len(labels)


def device(population: Population, woman: Woman, visit: Visit) -> list[float]:
    return [float(woman.device == other) for other in range(1, DEVICES)]


def site(population: Population, woman: Woman, visit: Visit) -> list[float]:
    return [float(woman.site == other) for other in range(1, SITES)]


def signal(population: Population, woman: Woman, visit: Visit) -> list[float]:
    """What the tissue takes from the echo, in dB under the usual carrier."""
    return [echo_loss_db(visit.bmi, 3.3)]


def drawn(row: Row, population: Population, women: int) -> tuple[Array, Array, Array]:
    """Features with a constant `(visits, columns)`, labels and women `(visits,)`."""
    rows, labels, owners = [], [], []
    for index in range(women):
        woman = draw_woman(population, index)
        for number in range(woman.visits):
            visit = draw_visit(population, woman, number)
            if visit.pressure.positive is not None:
                rows.append([1.0, *row(population, woman, visit)])
                labels.append(visit.pressure.positive)
                owners.append(index)
    return np.array(rows), np.array(labels, float), np.array(owners)


def score(row: Row, learned: Population, tried: Population, women: int = WOMEN) -> Estimate:
    """AUROC on one population of a logistic model that was fitted on another."""
    model = fit_logistic(*drawn(row, learned, women))
    assert model is not None
    x, y, who = drawn(row, tried, women)
    return clustered_auroc(x @ model.coefficients, y, who)


def on(*confounders: str, seed: int = SEED, effect: float = 1.0) -> Population:
    return Population(seed, PREVALENCE, effect, confounders)


def covers_chance(estimate: Estimate) -> bool:
    """Within three standard errors: a dozen such questions are asked."""
    assert estimate.interval is not None
    value, low, high = estimate.interval
    return value - 1.5 * (value - low) <= 0.5 <= value + 1.5 * (high - value)


def above_chance(estimate: Estimate) -> bool:
    return estimate.low is not None and estimate.low > 0.5


CASES = [(device, "device"), (site, "site"), (quality, "site"), (signal, "bmi")]


OTHER = SEED + 1


@pytest.mark.parametrize(("row", "confounder"), CASES)
def test_a_shortcut_is_there_when_its_confounder_is_on(row: Row, confounder: str) -> None:
    assert above_chance(score(row, on(confounder), on(confounder, seed=OTHER)))


@pytest.mark.parametrize(("row", "confounder"), CASES)
def test_a_learned_shortcut_leads_nowhere_without_confounders(row: Row, confounder: str) -> None:
    assert covers_chance(score(row, on(confounder), on(seed=OTHER)))


@pytest.mark.parametrize(("row", "confounder"), CASES)
def test_nor_without_an_effect_whatever_is_on(row: Row, confounder: str) -> None:
    assert covers_chance(score(row, on(confounder), on(*CONFOUNDERS, seed=OTHER, effect=0.0)))


@pytest.mark.slow
def test_the_noisier_site_is_heard_in_the_sound() -> None:
    """So the shortcut is there for a model: what the shipped quality head says of two minutes.

    Quality goes with the reading only through the site; the tests above follow that half of the
    way on true labels, for hundreds of women, which sound would need hours for.
    """
    front_end, head = FrontEnd().eval(), load_quality_head()
    troubles = slice(1, 1 + len(TROUBLES))
    population = on("site")
    heard, noisiest = [], []
    for index in range(240):
        woman = draw_woman(population, index)
        if woman.site in (0, SITES - 1):
            sound = record_visit(population, index, 0, minutes=2.0).samples
            with torch.inference_mode():
                told = head(front_end(torch.from_numpy(windows_of(sound))))[:, troubles]
            heard.append(float(told.sum(dim=1).mean()))
            noisiest.append(woman.site > 0)
    troubled = clustered_auroc(np.array(heard), np.array(noisiest), np.arange(len(heard)))
    print(f"trouble heard, noisiest against quietest site: {troubled}")
    assert above_chance(troubled)
