"""What the probe hears of the heart and the vessels, as demodulated Doppler audio.

Wall lobes, valve clicks and blood flow are narrow-band random processes, placed by the events of
every beat and tuned by velocities (42.86 Hz per cm/s at 3.3 MHz). Tags: `S` published, `I` our
inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.beam import Beam
from fetal_hemo.simulate.fetus import Fetus
from fetal_hemo.simulate.intervals import Events
from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband, wander
from fetal_hemo.simulate.patterns import VALVE_EVENTS, WALL_EVENTS, amplitudes

# S: lobes 40-80 ms wide at half their height, which is half of an arch's length; I: each
LOBE_S = {"atrial": 0.096, "systole": 0.136, "early": 0.088}
CLICK_ATTACK_S, CLICK_DECAY_S = 0.008, (0.005, 0.015)  # S: attack; I: decay
CLICK_HZ = (350.0, 1_000.0)  # I: bursts span 300-1,200 Hz
CLICK_WIDTH_HZ = 110.0  # I
FLOW_CM_S = (18.0, 32.0)  # S: aortic mean 34.6 cm/s, seen at an angle
BREATH_LEVEL, BREATH_TILT = 0.15, 0.05  # I: of the heart's loudness and of its Doppler shift


def gain(decibels: float) -> float:
    """Amplitude factor of a level in dB."""
    return float(10 ** (decibels / 20))


def heart(
    events: Events,
    fetus: Fetus,
    beam: Beam,
    samples: int,
    rng: np.random.Generator,
    breath: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Wall lobes, valve clicks and flow of the fetal heart, float32 `(samples,)`, RMS near 1.

    `breath` `(control,)` moves the chest in the beam: the angle and the loudness follow it.
    """
    loud = amplitudes(len(events.systole), fetus.weeks, rng)
    sway = 1 + 0.05 * wander(control_length(samples), 4.0, rng)
    tilt = beam.cosine * sway * (1 + BREATH_TILT * breath)
    loud = loud * (1 + BREATH_LEVEL * _at(breath, events.systole))[:, None]
    sound = _walls(events, loud, fetus, beam, tilt, samples, rng)
    sound += gain(beam.valve_db) * _valves(events, loud, samples, rng)
    sound += gain(beam.flow_db) * _flow(events, beam, tilt, samples, rng)
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


def _at(track: np.ndarray | float, times_s: np.ndarray) -> np.ndarray:
    """Values of a control track at these times."""
    points = np.atleast_1d(track)
    return points[np.clip((times_s * CONTROL_HZ).astype(np.int64), 0, len(points) - 1)]


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
        sound += narrowband(beam.hz_per_cm_s * speed, level, beam.width_hz, samples, rng)
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


def _flow(
    events: Events, beam: Beam, tilt: np.ndarray, samples: int, rng: np.random.Generator
) -> np.ndarray:
    times = 0.5 * (events.aortic_opening + events.aortic_closing)
    stroke = add_pulses(times, np.ones(len(times)), arch(0.18), len(tilt))
    speed = rng.uniform(*FLOW_CM_S) * (0.4 + 0.6 * np.minimum(stroke, 1)) * tilt
    return narrowband(beam.hz_per_cm_s * speed, 0.2 + stroke, 200.0, samples, rng)
