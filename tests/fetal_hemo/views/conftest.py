"""Simulated hearts without any disturbance, and when everything in them happens."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd
from fetal_hemo.simulate.beam import draw_beam
from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.intervals import Events, events, intervals
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.rhythm import beat_clock
from fetal_hemo.simulate.sources import heart
from fetal_hemo.simulate.woman import draw_visit, draw_woman

HEARTS = 40
FAINT_HISS = 0.05


class Hearts(NamedTuple):
    """`samples` (hearts, 15000), `heard_bpm` (hearts,) by the front end, `events` in seconds."""

    samples: Tensor
    heard_bpm: Tensor
    events: tuple[Events, ...]


@pytest.fixture(scope="session")
def hearts() -> Hearts:
    """One window of each of 40 women."""
    made = [_heart(seed) for seed in range(HEARTS)]
    samples = torch.stack([sound for sound, _ in made])
    return Hearts(samples, rates(samples), tuple(happens for _, happens in made))


@pytest.fixture(scope="session")
def hear():
    """The front end's rates in bpm `(items,)` of samples `(items, 15000)`."""
    return rates


@torch.no_grad()
def rates(samples: Tensor) -> Tensor:
    return _front_end()(samples).heart_rate_bpm


@functools.cache
def _front_end() -> FrontEnd:
    return FrontEnd().eval()


def _heart(seed: int) -> tuple[Tensor, Events]:
    population = Population(seed, 0.05, 0.0)
    rng = np.random.default_rng(seed)
    woman = draw_woman(population, 0)
    fetus = fetus_at(woman, draw_visit(population, woman, 0), 0.0)
    clock = beat_clock(fetus, WINDOW_S, rng)
    happens = events(clock, intervals(fetus, clock, rng))
    sound = heart(happens, fetus, draw_beam(rng), WINDOW_SAMPLES, rng)
    sound += FAINT_HISS * rng.standard_normal(WINDOW_SAMPLES)
    return torch.from_numpy(0.1 * sound).float(), happens
