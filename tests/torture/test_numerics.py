"""Sounds that nobody records: a result of finite numbers, or a refusal with a name."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.simulate import simulate_cohort
from firmware_bridge.audio import audio_from_samples
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.result import Refused, Screened
from firmware_bridge.screen import Screener
from tests.torture.programme import Programme, tries

RATE, SAMPLES = 4_000, 30_000
REFUSALS = {"E-NOT-FINITE", "E-CONSTANT"}


def sound(draw: random.Random) -> np.ndarray:
    """Eight seconds of one extreme."""
    rng = np.random.default_rng(draw.randrange(2**32))
    noise = rng.normal(size=SAMPLES)
    time = np.arange(SAMPLES) / RATE
    beat = noise * (0.1 + np.maximum(np.sin(2 * np.pi * 2.3 * time), 0) ** 4)
    kind = draw.choice(("gain", "offset", "denormal", "nan", "zeros", "square", "spikes", "steps"))
    if kind == "gain":
        samples = beat * 10.0 ** draw.uniform(-45, 38)
    elif kind == "offset":
        samples = beat * 0.1 + draw.choice((-1, 1)) * 10.0 ** draw.uniform(-3, 12)
    elif kind == "denormal":
        samples = beat * 1e-41
    elif kind == "nan":
        samples = beat
        samples[draw.randrange(SAMPLES)] = draw.choice((math.nan, math.inf, -math.inf))
    elif kind == "zeros":
        samples = np.where(time > draw.uniform(-1, 8), 0.0, beat)
    elif kind == "square":
        samples = np.sign(np.sin(2 * np.pi * draw.uniform(0.1, 1_990) * time))
    elif kind == "spikes":
        samples = np.where(rng.random(SAMPLES) < draw.choice((1e-4, 1e-2)), 1.0, 0.0)
    else:
        samples = np.repeat(rng.choice([-1.0, 1.0], 30), SAMPLES // 30)
    with np.errstate(over="ignore"):
        return samples.astype(np.float32)


def numbers(value: object) -> list[float]:
    """Every number in a JSON document."""
    if isinstance(value, dict):
        return [n for part in value.values() for n in numbers(part)]
    if isinstance(value, list):
        return [n for part in value for n in numbers(part)]
    return [value] if isinstance(value, int | float) else []


@tries(200, 10_000)
def test_extreme_sound(tries: int, screener: Screener) -> None:
    with Programme("numerics", seed=31, tries=tries) as programme:
        for draw in programme:
            result = screener.screen(sound(draw), draw.choice((RATE, RATE, 1_000, 8_000)))
            assert all(math.isfinite(n) for n in numbers(result.to_json()))
            programme.count(getattr(result, "code", type(result).__name__))
            assert not isinstance(result, Refused) or result.code in REFUSALS


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """Simulated recordings of which the shipped model gives a probability."""
    folder = tmp_path_factory.mktemp("level") / "cohort"
    simulate_cohort(folder, women=6, seed=5, minutes=0.5, prevalence=0.5, jobs=1)
    shipped = Screener.load()
    sounds = [soundfile.read(p, dtype="float32")[0] for p in sorted(folder.rglob("*.flac"))]
    return [s for s in sounds if isinstance(shipped.screen(s * 0.1, RATE), Screened)]


@tries(6, 300)
def test_level_does_not_matter(tries: int, heard: list[np.ndarray]) -> None:
    shipped = Screener.load()
    assert heard
    with Programme("level", seed=32, tries=tries) as programme:
        for draw in programme:
            samples = draw.choice(heard) * 0.1
            decibels = draw.choice((-20.0, 20.0, draw.uniform(-20, 20)))
            # the middle of 40 dB: a float above 1.5 counts as int16, and so as very quiet
            changed = shipped.screen(samples * 10 ** (decibels / 20), RATE)
            opposite = shipped.screen(samples * 10 ** (-decibels / 20), RATE)
            assert isinstance(changed, Screened)
            assert isinstance(opposite, Screened)
            moved = abs(changed.probability - opposite.probability)
            programme.largest("largest_move", moved)
            assert moved < 0.01
            programme.count("screened twice")


def test_overflow_while_resampling_is_refused(tmp_path: Path) -> None:
    """What try 7,788 of the audio fuzz found: finite float32 whose resampled copy was NaN."""
    samples = np.full(20_000, 3e38, np.float32)
    samples[::2] *= -1
    for rate in (1_000, 4_000, 8_000):
        with pytest.raises(FetalHemoError, match="E-NOT-FINITE: samples as large as 3e"):
            audio_from_samples(samples, rate)
