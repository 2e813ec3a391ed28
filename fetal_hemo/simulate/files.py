"""One recording on disk: FLAC audio and JSON truth, each whole or absent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.recordings.cohort import TRUTH
from fetal_hemo.recordings.flac import flac
from fetal_hemo.simulate.recording import record_visit
from fetal_hemo.simulate.truth import truth_of
from firmware_bridge.store import make_folder, write_atomically

if TYPE_CHECKING:
    from fetal_hemo.simulate.card import Parameters


AUDIO = "audio"  # folder of a cohort, beside that of its truth


@dataclass(frozen=True)
class Names:
    """Neutral ids of a recording, and its files relative to the cohort's folder."""

    participant_id: str
    recording_id: str
    audio: str
    truth: str


@dataclass(frozen=True)
class Made:
    """A recording that is complete on disk."""

    sha256: str
    n_samples: int


def names(woman: int, visit: int) -> Names:
    """Names of the recording of visit number `visit` of woman number `woman`."""
    participant = f"W{woman + 1:04d}"
    recording = f"{participant}-V{visit + 1}"
    return Names(participant, recording, f"{AUDIO}/{recording}.flac", f"{TRUTH}/{recording}.json")


def make_recording(out: Path, parameters: Parameters, woman: int, visit: int) -> None:
    """Simulate one recording and write its audio, then its truth, which vouches for the audio.

    Raises E-STORAGE.
    """
    name = names(woman, visit)
    made = record_visit(parameters.population, woman, visit, parameters.minutes, parameters.rhythm)
    samples = at_rate(made.samples, parameters.sample_rate_hz)
    audio = flac(samples, rate_hz=parameters.sample_rate_hz)
    _write(out / name.audio, audio)
    truth = {
        "recording_id": name.recording_id,
        "sha256": hashlib.sha256(audio).hexdigest(),
        "n_samples": len(samples),
        **truth_of(made),
    }
    _write(out / name.truth, (json.dumps(truth) + "\n").encode())


def at_rate(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """`(time,)` of 4 kHz at another rate, float32 within [-1, 1]."""
    if rate_hz == SAMPLE_RATE_HZ:
        return samples
    return np.clip(soxr.resample(samples, SAMPLE_RATE_HZ, rate_hz), -1.0, 1.0)


def finished(out: Path, woman: int, visit: int) -> Made | None:
    """`Made` when audio and truth are there and fit each other, else None."""
    name = names(woman, visit)
    try:
        truth = json.loads((out / name.truth).read_bytes())
        found = hashlib.sha256((out / name.audio).read_bytes()).hexdigest()
        made = Made(str(truth["sha256"]), int(truth["n_samples"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return made if made.sha256 == found else None


def _write(path: Path, content: bytes) -> None:
    make_folder(path.parent)
    write_atomically(path, content)
