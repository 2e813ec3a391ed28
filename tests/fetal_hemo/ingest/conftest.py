"""A folder of small recordings of several kinds, and what it becomes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import IngestSummary, ingest


def noise(seed: int, seconds: float = 6.0, rate: int = 8_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=round(seconds * rate)) * 0.1


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight recordings that can be read, two that cannot, one that is there twice."""
    folder = tmp_path_factory.mktemp("source") / "Clinic Maria Lopez"
    (folder / "later" / "deep").mkdir(parents=True)
    for number in range(5):
        soundfile.write(folder / f"Lopez{number}.wav", noise(number), 8_000)
    soundfile.write(folder / "Lopez1b.flac", noise(10, rate=1_000), 1_000)
    soundfile.write(folder / "later" / "a.WAV", noise(11, rate=11_025), 11_025, subtype="PCM_U8")
    np.save(folder / "later" / "deep" / "b.npy", noise(12))
    with soundfile.SoundFile(folder / "Lopez4.wav", "w", 8_000, 1) as file:
        file.artist = file.comment = "Maria Lopez"  # as a phone's recorder may do
        file.write(noise(4))
    (folder / "Lopez2b.wav").write_bytes((folder / "Lopez2.wav").read_bytes()[:-100])
    (folder / "Lopez3b.wav").write_text("no sound")
    (folder / "later" / "again.wav").write_bytes((folder / "Lopez0.wav").read_bytes())
    (folder / "notes.txt").write_text("not a recording")
    (folder / ".hidden.wav").write_text("not a recording")
    return folder


@pytest.fixture(scope="session")
def ingested(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, IngestSummary]:
    """The cohort of it, made in one process."""
    out = tmp_path_factory.mktemp("ingested") / "cohort"
    return out, ingest([source], out, rate_hz=8_000.0, jobs=1)
