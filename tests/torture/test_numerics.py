"""Sounds that nobody records: a result of finite numbers, or a refusal with a name."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.simulate.recording import simulate_recording
from firmware_bridge.audio import audio_from_samples
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.result import Abstained, Refused, Screened
from firmware_bridge.screen import Screener
from tests.torture.programme import ONLY, Programme, tries

RATE, SAMPLES = 4_000, 30_000
EDGE_DB = -2  # below, 42 dB under full scale, quiet stretches begin to count as silence
HEARTS, MINUTE = 6, 60 * RATE
TINY = float(np.finfo(np.float32).smallest_subnormal)
REFUSALS = {"E-NOT-FINITE", "E-CONSTANT"}

Disturb = Callable[[np.ndarray, random.Random], np.ndarray]


@pytest.fixture(scope="module")
def shipped() -> Screener:
    """A screener with the bundle that ships."""
    return Screener.load()


@pytest.fixture(scope="module")
def hearts(shipped: Screener) -> list[np.ndarray]:
    """Simulated minutes of which the shipped model gives a probability."""
    minutes = [simulate_recording(5, woman, minutes=1).samples for woman in range(HEARTS)]
    assert all(isinstance(shipped.screen(samples, RATE), Screened) for samples in minutes)
    return minutes


def extreme(draw: random.Random) -> np.ndarray:
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


def gain(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """As quiet or as loud as a float can be."""
    return heart * 10.0 ** draw.uniform(-45, 38)


def offset(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """On a direct voltage, of any size."""
    return heart * 0.1 + draw.choice((-1, 1)) * 10.0 ** draw.uniform(-4, 3)


def spikes(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """Single samples at full scale, as a bad contact makes them."""
    at = draw.sample(range(MINUTE), draw.choice((1, 10, 1_000)))
    heart[at] = draw.choice((-1.0, 1.0))
    return heart


def denormals(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """Denormal numbers where there was quiet, in places or all through the quiet."""
    quiet = np.abs(heart) < draw.choice((0.001, 0.01))
    heart[quiet] = TINY * draw.choice((1, 1_000))
    return heart


def silence(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """Zeros for some seconds, as a probe that is lifted."""
    at = draw.randrange(MINUTE)
    heart[at : at + draw.randint(1, MINUTE // 2)] = 0.0
    return heart


def clipping(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """Too loud for full scale."""
    return np.clip(heart * draw.uniform(1, 100), -1, 1)


def hole(heart: np.ndarray, draw: random.Random) -> np.ndarray:
    """One sample that is no number."""
    heart[draw.randrange(MINUTE)] = draw.choice((math.nan, math.inf, -math.inf))
    return heart


DISTURBANCES: tuple[Disturb, ...] = (gain, offset, spikes, denormals, silence, clipping, hole)


def disturbed(hearts: list[np.ndarray], draw: random.Random) -> np.ndarray:
    """A minute of a heart, with one or two disturbances."""
    heart = draw.choice(hearts).astype(np.float64)
    for disturb in draw.sample(DISTURBANCES, draw.choice((1, 1, 2))):
        heart = disturb(heart, draw)
    with np.errstate(over="ignore"):
        return heart.astype(np.float32)


def numbers(value: object) -> list[float]:
    """Every number in a JSON document."""
    if isinstance(value, dict):
        return [n for part in value.values() for n in numbers(part)]
    if isinstance(value, list):
        return [n for part in value for n in numbers(part)]
    return [value] if isinstance(value, int | float) else []


@tries(500, 10_000)
def test_extreme_sound(tries: int, shipped: Screener, hearts: list[np.ndarray]) -> None:
    with Programme("numerics", seed=31, tries=tries) as programme:
        for draw in programme:
            if draw.random() < 0.5:
                result = shipped.screen(extreme(draw), draw.choice((RATE, RATE, 1_000, 8_000)))
            else:
                result = shipped.screen(disturbed(hearts, draw), RATE)
            assert all(math.isfinite(n) for n in numbers(result.to_json()))
            programme.count(getattr(result, "code", type(result).__name__))
            assert not isinstance(result, Refused) or result.code in REFUSALS
            assert not isinstance(result, Screened) or 0 < result.probability < 1
        assert ONLY is not None or programme.happened["Screened"] > tries // 10


@tries(24, 300)
def test_level_does_not_matter(tries: int, shipped: Screener, hearts: list[np.ndarray]) -> None:
    base = [heart * np.float32(0.01) for heart in hearts]  # 40 dB up is full scale
    expected = [shipped.screen(samples, RATE) for samples in base]
    with Programme("level", seed=32, tries=tries) as programme:
        for draw in programme:
            heart, decibels = draw.randrange(HEARTS), draw.choice((-40, 40, draw.uniform(-40, 40)))
            result = shipped.screen(base[heart] * np.float32(10 ** (decibels / 20)), RATE)
            before = expected[heart]
            assert isinstance(before, Screened)
            if isinstance(result, Abstained):
                assert decibels < EDGE_DB, (decibels, result.reasons)
                programme.count(f"abstained: {result.reasons[0]}")
                continue
            assert isinstance(result, Screened)
            moved = abs(result.probability - before.probability)
            if result.evidence.good_signal_s != before.evidence.good_signal_s:
                assert decibels < EDGE_DB
                programme.largest("largest_move_of_fewer_windows", moved)
                programme.count("screened, fewer windows")
                continue
            programme.largest("largest_move", moved)
            assert moved < 0.01
            programme.count("screened")


def test_overflow_while_resampling_is_refused(tmp_path: Path) -> None:
    """What try 7,788 of the audio fuzz found: finite float32 whose resampled copy was NaN."""
    samples = np.full(20_000, 3e38, np.float32)
    samples[::2] *= -1
    for rate in (1_000, 4_000, 8_000):
        with pytest.raises(FetalHemoError, match="E-NOT-FINITE: samples as large as 3e"):
            audio_from_samples(samples, rate)
