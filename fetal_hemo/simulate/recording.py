"""One visit's recording: the fetal heart through a probe and a unit, disturbed, with its truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.confounders import USUAL
from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.simulate import contamination
from fetal_hemo.simulate.acoustics import through_room, through_unit
from fetal_hemo.simulate.beam import Beam, draw_beam
from fetal_hemo.simulate.depth import echo_loss_db
from fetal_hemo.simulate.device import Device, draw_device
from fetal_hemo.simulate.fetus import Fetus, fetus_at
from fetal_hemo.simulate.intervals import Intervals, events, intervals
from fetal_hemo.simulate.liability import quiet_log_odds
from fetal_hemo.simulate.movement import Movements, draw_movements
from fetal_hemo.simulate.narrowband import STEP
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.quality_runs import quality_runs
from fetal_hemo.simulate.real_rhythm import Borrowed, LibraryAt, borrow
from fetal_hemo.simulate.rhythm import BeatClock, beat_clock
from fetal_hemo.simulate.site import trouble_at
from fetal_hemo.simulate.sources import heart
from fetal_hemo.simulate.streams import Purpose, stream
from fetal_hemo.simulate.vessels import vessels
from fetal_hemo.simulate.woman import Visit, Woman, draw_visit, draw_woman

MOVED_SHARE = 0.15  # I: of a good window's beam lost to movement, beyond which it is poor


@dataclass(frozen=True)
class Recording:
    """Simulated `samples` (time,) float32 at 4 kHz in [-1, 1], and all that is true of them."""

    samples: np.ndarray
    woman: Woman
    visit: Visit
    fetus: Fetus
    device: Device
    beam: Beam
    clock: BeatClock
    spans: Intervals
    movements: Movements
    quality: np.ndarray  # (windows,) index in QUALITY_CLASSES
    snr_db: np.ndarray  # (windows,) heart against all else at the probe
    borrowed: Borrowed | None = None  # whose real rhythm it is


def simulate_recording(
    seed: int = 0,
    woman: int = 0,
    visit: int = 0,
    minutes: float = 2.0,
    effect: float = 1.0,
    prevalence: float = 0.05,
    confounders: tuple[str, ...] = USUAL,
) -> Recording:
    """The `Recording` of one visit of one woman, from these numbers alone."""
    population = Population(seed, prevalence, effect, confounders)
    return record_visit(population, woman, visit, minutes)


def record_visit(
    population: Population, woman: int, visit: int, minutes: float, rhythm: LibraryAt | None = None
) -> Recording:
    """The `Recording` of one visit of one woman of a population; its beats may be real ones."""
    seed, address = population.seed, (woman, visit)
    who = draw_woman(population, woman)
    when = draw_visit(population, who, visit)
    fetus = fetus_at(who, when, population.effect)
    seconds = 60.0 * minutes
    samples = int(seconds * SAMPLE_RATE_HZ)
    borrowed = None if rhythm is None else borrow(rhythm.open(), seed, *address, seconds)
    if borrowed is None:
        clock = visit_clock(population, woman, when, fetus, seconds)
    else:
        clock = borrowed.clock
    spans = intervals(fetus, clock, stream(seed, Purpose.INTERVALS, *address))
    moving = stream(seed, Purpose.MOVEMENT, *address)
    moves = draw_movements(clock, fetus.movements, samples, seconds, moving)
    unit = draw_device(stream(seed, Purpose.DEVICE, who.device))
    rng = stream(seed, Purpose.BEATS, *address)
    beam = draw_beam(rng, unit.carrier_mhz)
    beats = heart(events(clock, spans), fetus, beam, samples, rng, moves.breath)
    clean = contamination.unit(beats) + vessels(beam, samples, rng)
    trouble = trouble_at(seed, who.site)
    runs = quality_runs(samples, trouble, stream(seed, Purpose.QUALITY_RUNS, *address))
    room = stream(seed, Purpose.ROOM, *address)
    heard = through_room(clean, runs, moves, echo_loss_db(when.bmi, unit.carrier_mhz), room)
    sound = through_unit(heard.sound, runs, unit, room)
    quality = _moved(runs.labels, moves)
    return Recording(
        sound, who, when, fetus, unit, beam, clock, spans, moves, quality, heard.snr_db, borrowed
    )


def visit_clock(
    population: Population, woman: int, visit: Visit, fetus: Fetus, seconds: float
) -> BeatClock:
    """The simulated beats of a visit of woman number `woman`, without their sound."""
    rng = stream(population.seed, Purpose.RHYTHM, woman, visit.index)
    return beat_clock(fetus, seconds, rng, quiet_log_odds(population, visit.liability))


def _moved(labels: np.ndarray, moves: Movements) -> np.ndarray:
    """Labels `(windows,)` where a good window is poor if movement took too much of its beam."""
    window = WINDOW_SAMPLES // STEP
    kept = moves.kept[: len(labels) * window].reshape(len(labels), window)
    good = labels == QUALITY_CLASSES.index("good")
    poor = good & (1 - kept.mean(axis=1) > MOVED_SHARE)
    return np.where(poor, QUALITY_CLASSES.index("poor"), labels)
