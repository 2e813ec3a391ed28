"""A stored recording, its sidecar or the card of its cohort, cut or rotten: always found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.stored import stored_defects, stored_folder_notes
from tests.torture.damage import cut, damaged, flipped
from tests.torture.programme import Programme, tries

Cohort = tuple[Path, tuple[Recording, ...]]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Three ingested recordings."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "source").mkdir()
    for number in range(3):
        samples = np.random.default_rng(number).normal(size=20_000) * 0.1
        soundfile.write(folder / "source" / f"{number}.wav", samples, 4_000)
    ingest([folder / "source"], folder / "cohort", jobs=1)
    return folder / "cohort", open_cohort(folder / "cohort").recordings


def defects(cohort: Cohort) -> list[str]:
    """All that is said of the cohort."""
    folder, recordings = cohort
    found = [text for recording in recordings for text in stored_defects(folder, recording)]
    return [*found, *stored_folder_notes(folder, recordings)[0]]


@tries(300, 10_000)
def test_all_damage_is_found(tries: int, cohort: Cohort) -> None:
    folder, recordings = cohort
    assert defects(cohort) == []
    names = [f"audio/{r.recording_id}.{ending}" for r in recordings for ending in ("flac", "json")]
    with Programme("stored recordings", seed=41, tries=tries) as programme:
        for draw in programme:
            name = draw.choice([*names, "ingest.json"])
            whole = (folder / name).read_bytes()
            broken = draw.choice((flipped, flipped, cut, damaged))(whole, draw)
            if broken == whole:
                programme.count("the same by chance")
                continue
            (folder / name).write_bytes(broken)
            found = defects(cohort)
            (folder / name).write_bytes(whole)
            assert len(found) == 1, (name, found)
            programme.count(f"found in {Path(name).suffix}")
    assert defects(cohort) == []
