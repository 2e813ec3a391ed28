"""Real rhythms: some records of CTU-UHB, and the beats of one fetus."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.simulate.real_rhythm import RhythmLibrary, open_rhythm_library

EVERY = 10  # one record in ten: 40 women


@pytest.fixture(scope="session")
def records(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every tenth record."""
    pytest.importorskip("wfdb")
    folder = tmp_path_factory.mktemp("records")
    for header in sorted((data_dir / "ctu-uhb").glob("*.hea"))[::EVERY]:
        shutil.copy(header, folder)
        shutil.copy(header.with_suffix(".dat"), folder)
    return folder


@pytest.fixture(scope="session")
def library(records: Path) -> RhythmLibrary:
    """The library of these records."""
    return open_rhythm_library(records)


@pytest.fixture(scope="session")
def beats(data_dir: Path) -> np.ndarray:
    """Beat times of a fetus, in seconds, with false and missing ones."""
    return np.load(data_dir / "doppler" / "beats_patient6.npy")


@pytest.fixture
def beats_folder(data_dir: Path, tmp_path: Path) -> Path:
    """A folder of beat times, to be damaged."""
    folder = tmp_path / "beats"
    folder.mkdir()
    for number in (6, 7):
        shutil.copy(data_dir / "doppler" / f"beats_patient{number}.npy", folder)
    return folder
