"""What the hand-held unit does to the sound: band, automatic gain, clipping, bits, sample rate.

Tags: `S` published or measured on published clips (lineage of real 3.3 MHz units), `I` inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from fetal_hemo.constants import SAMPLE_RATE_HZ

CARRIER_MHZ, CARRIER_CHANCE = (2.0, 2.5, 3.3), (0.1, 0.2, 0.7)  # S: probes sold; I: how often
MICROPHONE_CHANCE = 0.15  # I: a phone laid beside the loudspeaker instead of a cable
HIGH_PASS_HZ, HIGH_PASS_ORDER = (150.0, 210.0), (3, 5)  # S: under 0.3 % of power below 100 Hz
ROLL_OFF_HZ, ROLL_OFF_ORDER = (600.0, 1_100.0), (2, 4)  # S: fall above 800-1,000 Hz
RIPPLE_DB, RIPPLE_OCTAVES = 3.0, 0.8  # I: small loudspeaker and cable resonances
LEVEL_DBFS, LEVEL_SPREAD_DB = (-30.0, -17.0), 1.5  # S: units differ by more than 10 dB
AGC_S, AGC_STRENGTH = 1.0, (0.3, 0.8)  # I
SOURCE_RATE_HZ, SOURCE_CHANCE = (1_000, 2_000, SAMPLE_RATE_HZ), (0.15, 0.15, 0.70)  # I
BITS, BITS_CHANCE = (8, 12, 16), (0.15, 0.10, 0.75)  # S: 8 to 16
PREAMPLIFIER_DBFS = (-78.0, -62.0)  # I: hiss that is there whatever the probe hears


@dataclass(frozen=True)
class Device:
    """A unit's audio path. Frequencies in Hz, levels in dB relative to full scale."""

    carrier_mhz: float
    microphone: bool  # a phone hears the loudspeaker across a room, no cable
    high_pass_hz: float
    high_pass_order: int
    roll_off_hz: float
    roll_off_order: int
    ripple_db: tuple[float, ...]  # at RIPPLE_OCTAVES steps from 100 Hz
    level_dbfs: float
    agc: float  # 0 no gain control, 1 constant loudness
    source_rate_hz: int
    bits: int
    hiss_dbfs: float


def draw_device(rng: np.random.Generator) -> Device:
    """A unit of the kind that midwives carry."""
    return Device(
        carrier_mhz=float(rng.choice(CARRIER_MHZ, p=CARRIER_CHANCE)),
        microphone=bool(rng.random() < MICROPHONE_CHANCE),
        high_pass_hz=float(rng.uniform(*HIGH_PASS_HZ)),
        high_pass_order=int(rng.integers(HIGH_PASS_ORDER[0], HIGH_PASS_ORDER[1] + 1)),
        roll_off_hz=float(rng.uniform(*ROLL_OFF_HZ)),
        roll_off_order=int(rng.integers(ROLL_OFF_ORDER[0], ROLL_OFF_ORDER[1] + 1)),
        ripple_db=tuple((RIPPLE_DB * rng.standard_normal(6)).round(2).tolist()),
        level_dbfs=float(rng.uniform(*LEVEL_DBFS)),
        agc=float(rng.uniform(*AGC_STRENGTH)),
        source_rate_hz=int(rng.choice(SOURCE_RATE_HZ, p=SOURCE_CHANCE)),
        bits=int(rng.choice(BITS, p=BITS_CHANCE)),
        hiss_dbfs=float(rng.uniform(*PREAMPLIFIER_DBFS)),
    )


def response(device: Device, frequency_hz: np.ndarray) -> np.ndarray:
    """Magnitude response of the unit at `frequency_hz`: Butterworth edges and a ripple."""
    above = np.maximum(frequency_hz, 1e-3)
    low = 1 / np.sqrt(1 + (device.high_pass_hz / above) ** (2 * device.high_pass_order))
    high = 1 / np.sqrt(1 + (above / device.roll_off_hz) ** (2 * device.roll_off_order))
    octave = np.log2(above / 100.0) / RIPPLE_OCTAVES
    ripple = np.interp(octave, np.arange(len(device.ripple_db)), device.ripple_db)
    return low * high * 10 ** (ripple / 20)


def band(samples: np.ndarray, device: Device) -> np.ndarray:
    """`(time,)` through the unit's band, float32."""
    count = next_fast_len(len(samples), real=True)
    spectrum = rfft(samples, count)
    shape = response(device, rfftfreq(count, 1 / SAMPLE_RATE_HZ)).astype(np.float32)
    return irfft(spectrum * shape, count)[: len(samples)].astype(np.float32)


def record(samples: np.ndarray, device: Device, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` as the unit's recorder stores it: gain control, hiss, clipping, bits, rate.

    The output is float32 in [-1, 1] at 4 kHz.
    """
    level = 10 ** ((device.level_dbfs + LEVEL_SPREAD_DB * rng.standard_normal()) / 20)
    sound = samples * (level * _agc_gain(samples, device.agc))
    hiss = 10 ** (device.hiss_dbfs / 20) * rng.standard_normal(len(samples), dtype=np.float32)
    return store(sound + hiss, device)


def store(samples: np.ndarray, device: Device) -> np.ndarray:
    """`(time,)` clipped, quantised at the unit's own rate, and brought to 4 kHz; float32."""
    if device.source_rate_hz >= SAMPLE_RATE_HZ:
        return _quantise(samples, device.bits)
    count = len(samples)
    fewer = count * device.source_rate_hz // SAMPLE_RATE_HZ
    edge = np.clip((1 - np.arange(fewer // 2 + 1) / (fewer / 2)) / 0.08, 0, 1)
    spectrum = rfft(samples)[: fewer // 2 + 1] * edge
    slow = _quantise(irfft(spectrum, fewer) * (fewer / count), device.bits)
    spectrum = rfft(slow) * edge
    return np.clip(irfft(spectrum, count) * (count / fewer), -1, 1).astype(np.float32)


def _agc_gain(samples: np.ndarray, strength: float) -> np.ndarray:
    """Gain `(time,)` that brings the slow level towards 1, by `strength`."""
    block = int(0.25 * AGC_S * SAMPLE_RATE_HZ)
    whole = np.resize(samples, (-(-len(samples) // block)) * block).reshape(-1, block)
    power = np.pad((whole * whole).mean(axis=1), 2, mode="edge")
    slow = np.convolve(power, np.ones(5) / 5, mode="valid")
    overall = float(np.mean(power)) + 1e-12
    gain = (slow / overall + 0.01) ** (-0.5 * strength) / np.sqrt(overall)
    centres = (np.arange(len(gain)) + 0.5) * block
    return np.interp(np.arange(len(samples)), centres, gain).astype(np.float32)


def _quantise(samples: np.ndarray, bits: int) -> np.ndarray:
    steps = 2 ** (bits - 1)
    return (np.clip(np.rint(samples * steps), -steps, steps - 1) / steps).astype(np.float32)
