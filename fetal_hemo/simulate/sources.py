"""What the probe hears of the heart and the vessels, as demodulated Doppler audio at 3.3 MHz.

Wall lobes, valve clicks and blood flow are narrow-band random processes, placed by the events of
every beat and tuned by velocities (42.86 Hz per cm/s). Tags: `S` published, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.constants import CARRIER_HZ_PER_CM_S
from fetal_hemo.simulate.fetus import Fetus
from fetal_hemo.simulate.intervals import Events
from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband, wander
from fetal_hemo.simulate.patterns import VALVE_EVENTS, WALL_EVENTS, amplitudes

ANGLE_DEGREES = (0.0, 50.0)  # I, S: insonation is by hand
WALL_FACTOR = (1.0, 1.8)  # S: right ventricle up to 1.35 of the left; I: annulus and leaflets
LOBE_S = {"atrial": 0.060, "systole": 0.085, "early": 0.055}  # S: lobes 40-80 ms wide; I: each
LOBE_WIDTH_HZ = (25.0, 75.0)  # I: spread of velocities in the beam
CLICK_ATTACK_S, CLICK_DECAY_S = 0.008, (0.005, 0.015)  # S: attack; I: decay
CLICK_HZ = (350.0, 1_000.0)  # I: bursts span 300-1,200 Hz
CLICK_WIDTH_HZ = 110.0  # I
VALVE_DB = (-20.0, -5.0)  # I: against the dominant lobe
FLOW_CM_S = (18.0, 32.0)  # S: aortic mean 34.6 cm/s, seen at an angle
FLOW_DB = (-30.0, -12.0)  # I: leakage above 700 Hz
VEIN_CM_S = (7.0, 12.6)  # S: umbilical vein 12.6 cm/s, times the cosine
VEIN_DB = (-32.0, -14.0)  # I: continuous hiss
MATERNAL_BPM = (87.0, 12.0)  # S
MATERNAL_CHANCE, MATERNAL_DB = 0.10, (-26.0, -12.0)  # I
MATERNAL_HZ = (120.0, 300.0)  # I


@dataclass(frozen=True)
class Beam:
    """How the probe lies: angle, what it hears best, and levels in dB against the wall lobes."""

    cosine: float
    wall_factor: float
    width_hz: float
    valve_db: float
    flow_db: float
    vein_db: float
    maternal_db: float | None


def draw_beam(rng: np.random.Generator) -> Beam:
    """A probe position."""
    heard = rng.random() < MATERNAL_CHANCE
    return Beam(
        cosine=float(np.cos(np.deg2rad(rng.uniform(*ANGLE_DEGREES)))),
        wall_factor=float(rng.uniform(*WALL_FACTOR)),
        width_hz=float(rng.uniform(*LOBE_WIDTH_HZ)),
        valve_db=float(rng.uniform(*VALVE_DB)),
        flow_db=float(rng.uniform(*FLOW_DB)),
        vein_db=float(rng.uniform(*VEIN_DB)),
        maternal_db=float(rng.uniform(*MATERNAL_DB)) if heard else None,
    )


def gain(decibels: float) -> float:
    """Amplitude factor of a level in dB."""
    return float(10 ** (decibels / 20))


def heart(
    events: Events, fetus: Fetus, beam: Beam, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Wall lobes, valve clicks and flow of the fetal heart, float32 `(samples,)`, RMS near 1."""
    loud = amplitudes(len(events.systole), fetus.weeks, rng)
    tilt = beam.cosine * (1 + 0.05 * wander(control_length(samples), 4.0, rng))
    sound = _walls(events, loud, fetus, beam, tilt, samples, rng)
    sound += gain(beam.valve_db) * _valves(events, loud, samples, rng)
    sound += gain(beam.flow_db) * _flow(events, tilt, samples, rng)
    return sound


def vessels(events: Events, beam: Beam, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Umbilical hiss and, in some positions, the maternal pulse, float32 `(samples,)`."""
    length = control_length(samples)
    steady = np.full(length, CARRIER_HZ_PER_CM_S * rng.uniform(*VEIN_CM_S) * beam.cosine)
    breath = 1 + 0.3 * np.clip(wander(length, 1.0, rng), -2, 2)
    sound = gain(beam.vein_db) * narrowband(steady, breath, 70.0, samples, rng)
    if beam.maternal_db is not None:
        rate = float(np.clip(rng.normal(*MATERNAL_BPM), 60, 120))
        pulses = np.arange(-1.0, samples / 4_000 + 1.0, 60.0 / rate) + rng.random()
        track = add_pulses(pulses, np.ones(len(pulses)), arch(0.25), length)
        centre = np.full(length, rng.uniform(*MATERNAL_HZ))
        sound += gain(beam.maternal_db) * narrowband(centre, track, 60.0, samples, rng)
    return sound


def arch(seconds: float) -> np.ndarray:
    """Control points of one smooth rise and fall that lasts `seconds`; its peak is 1."""
    count = max(3, round(seconds * CONTROL_HZ))
    return np.sin(np.pi * (np.arange(count) + 0.5) / count) ** 2


def click(decay_s: float) -> np.ndarray:
    """Control points of a burst: straight attack, exponential decay (a(t) of fPCG kernels)."""
    attack = round(CLICK_ATTACK_S * CONTROL_HZ)
    fall = np.exp(-np.arange(round(5 * decay_s * CONTROL_HZ)) / (decay_s * CONTROL_HZ))
    return np.concatenate([np.arange(attack) / attack, fall])


def add_pulses(
    times_s: np.ndarray, sizes: np.ndarray, shape: np.ndarray, length: int
) -> np.ndarray:
    """Control track `(length,)` with one pulse a time, the pulse's peak at that time."""
    start = np.rint(times_s * CONTROL_HZ).astype(np.int64) - int(shape.argmax())
    at = start[:, None] + np.arange(len(shape))
    inside = (at >= 0) & (at < length)
    weights = sizes[:, None] * shape
    return np.bincount(at[inside], weights[inside], minlength=length)


def _walls(
    events: Events,
    loud: np.ndarray,
    fetus: Fetus,
    beam: Beam,
    tilt: np.ndarray,
    samples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    speeds = {
        "atrial": fetus.atrial_cm_s,
        "systole": fetus.systole_cm_s,
        "early": fetus.early_cm_s,
    }
    sound = np.zeros(samples, np.float32)
    for column, name in enumerate(WALL_EVENTS):
        times, shape = getattr(events, name), arch(LOBE_S[name])
        level = add_pulses(times, loud[:, column], shape, len(tilt))
        moving = np.minimum(add_pulses(times, np.ones(len(times)), np.sqrt(shape), len(tilt)), 1)
        speed = speeds[name] * beam.wall_factor * moving * tilt
        sound += narrowband(CARRIER_HZ_PER_CM_S * speed, level, beam.width_hz, samples, rng)
    return sound


def _valves(events: Events, loud: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    length = control_length(samples)
    total, centre = np.zeros(length), np.zeros(length)
    for column, name in enumerate(VALVE_EVENTS, start=len(WALL_EVENTS)):
        shape = click(rng.uniform(*CLICK_DECAY_S))
        level = add_pulses(getattr(events, name), loud[:, column], shape, length)
        total += level
        centre += level * rng.uniform(*CLICK_HZ)
    return narrowband(centre / np.maximum(total, 1e-9), total, CLICK_WIDTH_HZ, samples, rng)


def _flow(events: Events, tilt: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    times = 0.5 * (events.aortic_opening + events.aortic_closing)
    stroke = add_pulses(times, np.ones(len(times)), arch(0.18), len(tilt))
    speed = rng.uniform(*FLOW_CM_S) * (0.4 + 0.6 * np.minimum(stroke, 1)) * tilt
    return narrowband(CARRIER_HZ_PER_CM_S * speed, 0.2 + stroke, 200.0, samples, rng)
