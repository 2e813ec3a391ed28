"""The units that windows of the quality set pass through, of far wider make than a cohort's.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.fft import irfft, rfft
from scipy.ndimage import uniform_filter1d

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate import contamination
from fetal_hemo.simulate.coding import coded
from fetal_hemo.simulate.device import Device, band, draw_device, record

LEVEL_DBFS = (-46.0, -6.0)  # 40 dB: level must not tell the class, silence excepted
LEVEL_8_BIT_DBFS = (-28.0, -6.0)  # below, beats vanish between two steps: dead, not good
HIGH_PASS_HZ, ROLL_OFF_HZ = (25.0, 260.0), (350.0, 1_600.0)  # I: cardiotocographs pass the walls
SOURCE_RATES_HZ = (1_000, 1_500, 2_000, 3_000, SAMPLE_RATE_HZ, 8_000)
COMPRESSED_CHANCE = 0.5  # I: a fast gain control between the beats, as in cardiotocographs
COMPRESSION, COMPRESSION_S = (0.1, 0.95), (0.03, 0.4)
CODED_CHANCE = 0.08  # I: sent through a phone
PEAK_QUANTILE, HEADROOM_DB = 0.999, 2.5  # what is not of the class clipped hardly clips
DROPOUT_CHANCE, DROPOUT_SHARE = 0.04, (0.01, 0.08)  # I: the link stutters


def draw_unit(rng: np.random.Generator) -> Device:
    """A unit of any make."""
    bits = int(rng.choice([8, 16], p=[0.3, 0.7]))
    return replace(
        draw_device(rng),
        high_pass_hz=float(np.exp(rng.uniform(*np.log(HIGH_PASS_HZ)))),
        high_pass_order=int(rng.integers(1, 6)),
        roll_off_hz=float(rng.uniform(*ROLL_OFF_HZ)),
        roll_off_order=int(rng.integers(1, 5)),
        level_dbfs=float(rng.uniform(*(LEVEL_DBFS if bits > 8 else LEVEL_8_BIT_DBFS))),
        agc=float(rng.uniform(0.0, 0.9)),
        source_rate_hz=int(rng.choice(SOURCE_RATES_HZ)),
        bits=bits,
        hiss_dbfs=float(rng.uniform(-90.0, -60.0)),
    )


def through_band(sound: np.ndarray, unit: Device) -> np.ndarray:
    """`(time,)` through the unit's band, RMS 1."""
    return heard(band(sound, unit), unit)


def heard(sound: np.ndarray, unit: Device) -> np.ndarray:
    """`(time,)` below half the unit's sample rate, RMS 1: what is above is not disturbing it."""
    if unit.source_rate_hz >= SAMPLE_RATE_HZ:
        return contamination.unit(sound)
    spectrum = rfft(sound)
    spectrum[round(0.46 * unit.source_rate_hz * len(sound) / SAMPLE_RATE_HZ) :] = 0
    return contamination.unit(irfft(spectrum, len(sound)).astype(np.float32))


def compressed(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` of RMS 1, half of the time with its loudness evened out within fractions of 1 s."""
    if rng.random() >= COMPRESSED_CHANCE:
        return sound
    window = int(rng.uniform(*COMPRESSION_S) * SAMPLE_RATE_HZ)
    power = uniform_filter1d(sound * sound, window, mode="reflect")
    loudness = np.sqrt(np.maximum(power, 0) + 1e-3)  # 30 dB under the mean it stops
    return contamination.unit(sound * loudness ** -rng.uniform(*COMPRESSION))


def stored(sound: np.ndarray, unit: Device, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` of RMS 1 as the unit evens it out and keeps it."""
    return kept(compressed(sound, rng), unit, rng)


def kept(sound: np.ndarray, unit: Device, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` of RMS 1 recorded without clipping, at times coded or with a short gap."""
    peak = float(np.quantile(np.abs(sound), PEAK_QUANTILE)) + 1e-9
    loudest = -20 * np.log10(peak) - HEADROOM_DB
    found = record(sound, replace(unit, level_dbfs=min(unit.level_dbfs, loudest)), rng)
    if rng.random() < CODED_CHANCE:
        found = coded(found, rng)
    if rng.random() < DROPOUT_CHANCE:
        found = gapped(found, float(rng.uniform(*DROPOUT_SHARE)), rng)
    return found


def gapped(samples: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` with a stretch of `share` of it replaced by one constant value."""
    count = int(share * len(samples))
    start = int(rng.integers(0, len(samples) - count + 1))
    broken = samples.copy()
    broken[start : start + count] = rng.choice([0.0, float(samples[start])])
    return broken
