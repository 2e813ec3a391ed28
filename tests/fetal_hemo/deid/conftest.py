"""Small cohorts of known sound, and the parts that take a while to load."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid.speech import SpeechFinder
from fetal_hemo.simulate.speech import speech

RATE = 4_000


@pytest.fixture(scope="session")
def finder() -> SpeechFinder:
    return SpeechFinder()


def heart_sound(seconds: float, seed: int = 0, bpm: float = 144.0) -> np.ndarray:
    """Noise bursts between 150 and 500 Hz at an exact rate, `(time,)` in [-1, 1]."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = (time * bpm / 60) % 1.0
    envelope = np.exp(-(((phase - 0.2) / 0.08) ** 2)) + 0.6 * np.exp(-(((phase - 0.6) / 0.06) ** 2))
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(time)))
    frequency = np.fft.rfftfreq(len(time), 1 / RATE)
    spectrum[(frequency < 150) | (frequency > 500)] = 0
    carrier = np.fft.irfft(spectrum, len(time))
    return 0.08 * (envelope + 0.05) * carrier / carrier.std()


def with_speech(seconds: float, start_s: float, stop_s: float, loud: float = 0.15) -> np.ndarray:
    """`heart_sound` over which somebody talks from `start_s` to `stop_s`."""
    sound = heart_sound(seconds)
    span = slice(round(start_s * RATE), round(stop_s * RATE))
    words = speech(span.stop - span.start, np.random.default_rng(3))
    sound[span] = 0.2 * sound[span] + loud * words
    return np.clip(sound, -1, 1)


Row = dict[str, Any]


@pytest.fixture
def cohort(tmp_path: Path) -> Callable[[list[Row], dict[str, np.ndarray]], Path]:
    """A function that writes a cohort of rows, and of sounds by path where they are not silent."""

    def write(rows: list[Row], sounds: dict[str, np.ndarray] | None = None) -> Path:
        folder = tmp_path / "source"
        folder.mkdir(exist_ok=True)
        full = [{**standard_row(number), **row} for number, row in enumerate(rows, start=1)]
        for number, row in enumerate(full):
            sound = (sounds or {}).get(row["path"], heart_sound(8, number))
            path = folder / row["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            if sound.size:
                soundfile.write(path, sound, RATE, subtype="PCM_16")
        with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list({name: 0 for row in full for name in row}))
            writer.writeheader()
            writer.writerows(full)
        return folder

    return write


def standard_row(number: int) -> Row:
    return {
        "recording_id": f"old-{number}",
        "participant_id": f"woman-{number}",
        "visit_id": f"visit-{number}",
        "path": f"wav/{number}.wav",
        "gestational_age_days": 210,
        "sbp_mmhg": 121,
        "dbp_mmhg": 81,
        "maternal_age_years": 31.7,
        "bmi_kg_m2": 27.25,
        "parity": 1,
        "device_id": "probe A",
        "site_id": "north",
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
