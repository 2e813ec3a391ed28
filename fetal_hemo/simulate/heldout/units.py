"""Other units: causal analogue filters, a gain control that recovers, telephone coding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import cheby1, lfilter, resample_poly, sosfilt

from fetal_hemo.constants import SAMPLE_RATE_HZ

LEVEL_DBFS = (-44.0, -12.0)
PEAK = 0.95  # of full scale, at most


@dataclass(frozen=True)
class Unit:
    """One audio path: `sos` filter sections, peak level, gain control, storage."""

    sos: np.ndarray
    level_dbfs: float
    control: float  # 0 none to 1 constant loudness
    release_s: float
    divide: int  # the sample rate is 4 kHz divided by this
    coding: str


def draw_unit(rng: np.random.Generator, slow: bool = True) -> Unit:
    """Any unit; with `slow` also one that samples at 1 or 2 kHz."""
    edges = (rng.uniform(70.0, 230.0), rng.uniform(650.0, 1_500.0))
    sos = cheby1(
        int(rng.integers(1, 4)),
        rng.uniform(0.3, 2.0),
        edges,
        "bandpass",
        fs=SAMPLE_RATE_HZ,
        output="sos",
    )
    return Unit(
        sos=sos,
        level_dbfs=float(rng.uniform(*LEVEL_DBFS)),
        control=float(rng.choice([0.0, rng.uniform(0.2, 0.9)])),
        release_s=float(rng.uniform(0.1, 1.0)),
        divide=int(rng.choice([1, 2, 4], p=[0.6, 0.2, 0.2])) if slow else 1,
        coding=str(rng.choice(["16 bit", "8 bit", "mu-law"], p=[0.6, 0.2, 0.2])),
    )


def filtered(sound: np.ndarray, unit: Unit) -> np.ndarray:
    """`(time,)` through the unit's filter and below half its sample rate, RMS 1."""
    shaped = sosfilt(unit.sos, sound)
    if unit.divide > 1:
        shaped = resample_poly(resample_poly(shaped, 1, unit.divide), unit.divide, 1)[: len(sound)]
    return shaped / (shaped.std() + 1e-9)


def kept(sound: np.ndarray, unit: Unit, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` after gain control, at the unit's level, rate and coding; float32 in -1 to 1."""
    even = _controlled(sound, unit)
    level = min(10 ** (unit.level_dbfs / 20), PEAK / (np.abs(even / even.std()).max() + 1e-9))
    if unit.coding != "16 bit":
        level = max(level, 0.2 * PEAK / (np.abs(even / even.std()).max() + 1e-9))
    stored = even / even.std() * level + 10 ** (-75 / 20) * rng.standard_normal(len(even))
    if unit.divide > 1:
        stored = resample_poly(stored, 1, unit.divide)
    stored = _coded(np.clip(stored, -1, 1), unit.coding)
    if unit.divide > 1:
        stored = resample_poly(stored, unit.divide, 1)
    return np.clip(stored, -1, 1)[: len(sound)].astype(np.float32)


def _controlled(sound: np.ndarray, unit: Unit) -> np.ndarray:
    """A gain control that follows the loudness with one pole."""
    pole = np.exp(-1.0 / (unit.release_s * SAMPLE_RATE_HZ))
    power, _ = lfilter([1 - pole], [1, -pole], sound**2, zi=[pole * float(np.mean(sound**2))])
    return sound * (power + 0.01 * float(np.mean(power)) + 1e-12) ** (-0.5 * unit.control)


def _coded(samples: np.ndarray, coding: str) -> np.ndarray:
    if coding == "mu-law":  # ITU-T G.711
        squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
        squeezed = np.round(squeezed * 127) / 127
        return np.sign(squeezed) * (256 ** np.abs(squeezed) - 1) / 255
    steps = 127 if coding == "8 bit" else 32_767
    return np.round(samples * steps) / steps
