"""One visit's recording: the fetal heart through a probe and a unit, disturbed, with its truth.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_S
from fetal_hemo.simulate import contamination, speech
from fetal_hemo.simulate.device import band, draw_device, record
from fetal_hemo.simulate.fetus import Fetus, fetus_at
from fetal_hemo.simulate.intervals import Intervals, events, intervals
from fetal_hemo.simulate.quality_runs import QualityRuns, quality_runs
from fetal_hemo.simulate.rhythm import STATES, BeatClock, beat_clock
from fetal_hemo.simulate.sources import Beam, draw_beam, gain, heart, vessels
from fetal_hemo.simulate.streams import Purpose, stream
from fetal_hemo.simulate.woman import Visit, Woman, draw_visit, draw_woman

NOISE_DB = (-24.0, -9.0)  # I: receiver noise under a well-heard heart
DEPTH_DB_PER_BMI = 0.4  # I, from S: obesity adds depth and costs signal (lineage, trap 9)
POOR_NOISE_DB = (-6.0, 3.0)  # I, S: envelope depth falls from 16-25 to 8 dB
INTERFERENCE_DB = (-6.0, 12.0)  # I: against the heart
SPEECH_DB = (-2.0, 16.0)  # I: against the heart as it was before the probe was lifted
BEAM_LOST_CHANCE, BEAM_LOST_NOISE_DB = 0.3, (-14.0, -6.0)  # I: poor because beats go missing
HEARD_UNDER = {"interference": (0.2, 1.0), "talking": (0.0, 0.3)}  # I: what stays of the heart


@dataclass(frozen=True)
class Recording:
    """Simulated `samples` (time,) float32 at 4 kHz in [-1, 1], and all that is true of them."""

    samples: np.ndarray
    woman: Woman
    visit: Visit
    fetus: Fetus
    beam: Beam
    clock: BeatClock
    spans: Intervals
    quality: np.ndarray  # (windows,) index in QUALITY_CLASSES

    def truth(self) -> dict[str, Any]:
        """JSON-ready truth: beats, intervals, quality and rate of each window, latents."""
        spans = {
            name: np.round(1_000 * getattr(self.spans, f"{name}_s"), 2).tolist()
            for name in ("emd", "ict", "et", "irt")
        }
        starts = WINDOW_S * np.arange(len(self.quality))
        first = np.searchsorted(self.clock.q_s, starts)
        return {
            "simulated": True,
            "beats_s": np.round(self.clock.q_s, 4).tolist(),
            "intervals_ms": spans,
            "accelerations_s": list(self.clock.accelerations_s),
            "windows": [
                {
                    "start_s": float(start),
                    "quality": QUALITY_CLASSES[int(label)],
                    "state": STATES[int(self.clock.state[at])],
                    "heart_rate_bpm": round(self.clock.rate_bpm(float(start)), 2),
                }
                for start, label, at in zip(starts, self.quality, first, strict=True)
            ],
            "fetus": asdict(self.fetus),
            "beam": asdict(self.beam),
            "latents": {
                "insufficiency": self.visit.insufficiency,
                "contested_sign": self.woman.contested_sign,
                "traits": self.woman.traits,
            },
            "blood_pressure": asdict(self.visit.pressure),
        }


def simulate_recording(
    seed: int = 0,
    woman: int = 0,
    visit: int = 0,
    minutes: float = 2.0,
    effect: float = 1.0,
    prevalence: float = 0.05,
) -> Recording:
    """The `Recording` of one visit of one woman, from these numbers alone."""
    who = draw_woman(seed, woman)
    when = draw_visit(seed, who, visit, prevalence, effect)
    address = (woman, visit)
    fetus = fetus_at(who, when, effect)
    seconds = 60.0 * minutes
    samples = int(seconds * SAMPLE_RATE_HZ)
    clock = beat_clock(fetus, seconds, stream(seed, Purpose.RHYTHM, *address))
    spans = intervals(fetus, clock, stream(seed, Purpose.INTERVALS, *address))
    rng = stream(seed, Purpose.BEATS, *address)
    beam = draw_beam(rng)
    happening = events(clock, spans)
    clean = contamination.unit(heart(happening, fetus, beam, samples, rng))
    clean += vessels(happening, beam, samples, rng)
    runs = quality_runs(samples, stream(seed, Purpose.QUALITY_RUNS, *address))
    room = stream(seed, Purpose.ROOM, *address)
    heard = _through_room(clean, runs, when.bmi, room)
    sound = _through_unit(heard, runs, seed, who.device, room)
    return Recording(sound, who, when, fetus, beam, clock, spans, runs.labels)


def _through_room(
    clean: np.ndarray, runs: QualityRuns, bmi: float, rng: np.random.Generator
) -> np.ndarray:
    """Heart with receiver noise, faint in poor stretches, and speech where people talk."""
    count = len(clean)
    depth = DEPTH_DB_PER_BMI * (bmi - 25.0)
    level = np.full(count, gain(rng.uniform(*NOISE_DB) + depth), np.float32)
    kept = np.ones(count, np.float32)
    sound = np.zeros(count, np.float32)
    for run in runs.stretches("poor"):
        lost = rng.random() < BEAM_LOST_CHANCE
        level += run.mask(count) * gain(
            rng.uniform(*(BEAM_LOST_NOISE_DB if lost else POOR_NOISE_DB))
        )
        if lost:
            kept[run.slice] *= 1 - run.fade() * (0.9 - 0.9 * contamination.bursts(run.length, rng))
    for name, (least, most) in HEARD_UNDER.items():
        for run in runs.stretches(name):
            kept -= run.mask(count) * np.float32(1 - rng.uniform(least, most))
    for run in runs.stretches("talking"):
        loud = gain(rng.uniform(*SPEECH_DB))
        part = speech.speech(run.length, rng, int(rng.integers(1, 3)))
        part += gain(rng.uniform(-30, -10)) * speech.room(run.length, rng)
        sound[run.slice] += run.fade() * loud * part
    return sound + kept * clean + level * contamination.hiss(count, rng)


def _through_unit(
    heard: np.ndarray, runs: QualityRuns, seed: int, device: int, rng: np.random.Generator
) -> np.ndarray:
    """What the unit stores: its band, radio interference behind it, nothing when unplugged."""
    unit = draw_device(stream(seed, Purpose.DEVICE, device))
    sound = contamination.unit(band(heard, unit))
    for run in runs.stretches("interference"):
        loud = gain(rng.uniform(*INTERFERENCE_DB))
        sound[run.slice] += run.fade() * loud * contamination.interference(run.length, rng)
    stored = record(sound, unit, rng)
    for run in runs.stretches("silent"):
        stored[run.slice] = contamination.silence(run.length, rng)
    return stored
