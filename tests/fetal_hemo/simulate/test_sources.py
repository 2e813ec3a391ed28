"""Heart sounds: events are where the truth says, at the frequencies their velocities give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fetal_hemo.constants import CARRIER_HZ_PER_CM_S
from fetal_hemo.simulate.beam import draw_beam
from fetal_hemo.simulate.fetus import fetus_at
from fetal_hemo.simulate.intervals import Events, events, intervals
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.rhythm import beat_clock
from fetal_hemo.simulate.sources import add_pulses, arch, click, heart
from fetal_hemo.simulate.woman import draw_visit, draw_woman

SAMPLES = 240_000


def scene(seed: int = 0, carrier_mhz: float = 3.3) -> tuple[Events, np.ndarray, np.ndarray]:
    """Events, Q times and the sound of a heart without valves and flow, at angle 0."""
    rng = np.random.default_rng(seed)
    woman = draw_woman(Population(), seed)
    fetus = replace(fetus_at(woman, draw_visit(Population(), woman, 0), 1.0), atrial_cm_s=7.0)
    clock = beat_clock(fetus, SAMPLES / 4_000, rng)
    happening = events(clock, intervals(fetus, clock, rng))
    quiet = {"valve_db": -90.0, "flow_db": -90.0, "maternal_db": None}
    beam = replace(draw_beam(rng, carrier_mhz), cosine=1.0, wall_factor=1.0, width_hz=25.0, **quiet)
    return happening, clock.q_s, heart(happening, fetus, beam, SAMPLES, rng)


def test_pulses_peak_at_their_times() -> None:
    for shape in (arch(0.06), click(0.01)):
        track = add_pulses(np.array([0.5, 1.25]), np.array([1.0, 2.0]), shape, 2_000)
        assert track[500] == pytest.approx(1.0, abs=0.01)
        assert track[1_250] == pytest.approx(2.0, abs=0.02)
        assert track[800:1_200].max() == 0


def test_pulses_beyond_the_ends_are_cut() -> None:
    track = add_pulses(np.array([-0.01, 1.0]), np.ones(2), arch(0.06), 1_000)
    assert len(track) == 1_000
    assert track[0] > 0
    assert np.isfinite(track).all()


def level(power: np.ndarray, times: np.ndarray) -> float:
    """Mean power at times, the first and last beats left out."""
    return float(power[np.rint(4_000 * times[2:-4]).astype(int)].mean())


@pytest.mark.parametrize("seed", range(3))
def test_sound_is_loud_at_wall_events_and_quiet_in_isovolumetric_contraction(seed: int) -> None:
    happening, _, sound = scene(seed)
    power = np.convolve(sound**2, np.ones(41) / 41, mode="same")
    walls = [level(power, getattr(happening, n)) for n in ("atrial", "systole", "early")]
    between = 0.5 * (happening.mitral_closing + happening.aortic_opening)
    assert max(walls) > 20 * level(power, between)


@pytest.mark.parametrize("carrier_mhz", [2.0, 3.3])
def test_atrial_lobe_sounds_at_its_doppler_shift(carrier_mhz: float) -> None:
    happening, _, sound = scene(1, carrier_mhz)
    frames = []
    for time in happening.atrial[3:-4]:
        middle = round(4_000 * time)
        frames.append(sound[middle - 60 : middle + 60] * np.hanning(120))
    power = (np.abs(np.fft.rfft(np.stack(frames), 4_000)) ** 2).mean(axis=0)
    shift = 7.0 * CARRIER_HZ_PER_CM_S * carrier_mhz / 3.3
    assert np.argmax(power) == pytest.approx(shift, rel=0.12)


def test_breathing_is_heard_in_the_loudness_of_the_beats() -> None:
    rng = np.random.default_rng(3)
    woman = draw_woman(Population(), 0)
    fetus = fetus_at(woman, draw_visit(Population(), woman, 0), 1.0)
    clock = beat_clock(fetus, SAMPLES / 4_000, rng)
    happening = events(clock, intervals(fetus, clock, rng))
    breath = np.repeat([-1.0, 1.0], SAMPLES // 8 + 1)
    sound = heart(happening, fetus, draw_beam(rng), SAMPLES, rng, breath)
    first, second = (part.std() for part in np.array_split(sound, 2))
    assert second > 1.1 * first
