"""What ingest stored: every cut and flipped bit is found, and nothing else is called damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.stored import stored_defects, stored_folder_notes

FLIPS, CUTS = 400, 200


@pytest.fixture
def cohort(tmp_path: Path) -> tuple[Path, list[Recording]]:
    """Two ingested recordings."""
    source = tmp_path / "s"
    source.mkdir()
    for number in range(2):
        samples = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(source / f"{number}.wav", samples, 4_000)
    ingest([source], tmp_path / "c", jobs=1)
    return tmp_path / "c", list(open_cohort(tmp_path / "c").recordings)


def test_an_intact_cohort(cohort: tuple[Path, list[Recording]]) -> None:
    folder, recordings = cohort
    assert [stored_defects(folder, r) for r in recordings] == [[], []]
    assert stored_folder_notes(folder, recordings) == ([], [])


@pytest.mark.parametrize("ending", ["flac", "json"])
def test_every_flipped_bit_and_every_cut(ending: str, cohort: tuple[Path, list[Recording]]) -> None:
    folder, (first, second) = cohort
    path = folder / "audio" / f"R0001.{ending}"
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    for bit in rng.choice(len(whole) * 8, FLIPS, replace=False).tolist():
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << bit % 8
        path.write_bytes(broken)
        assert stored_defects(folder, first), f"bit {bit}"
    cuts = rng.choice(len(whole), min(CUTS, len(whole)), replace=False).tolist()
    for size in {0, 1, len(whole) - 1, *cuts}:
        path.write_bytes(whole[:size])
        assert stored_defects(folder, first), f"cut at {size}"
    assert stored_defects(folder, second) == []
    path.write_bytes(whole + b" ")
    assert stored_defects(folder, first)
    path.unlink()
    assert stored_defects(folder, first)


def test_every_bit_of_the_card(cohort: tuple[Path, list[Recording]]) -> None:
    folder, recordings = cohort
    path = folder / "ingest.json"
    whole = path.read_bytes()
    for bit in np.random.default_rng(4).choice(len(whole) * 8, 200, replace=False).tolist():
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << bit % 8
        path.write_bytes(broken)
        assert stored_folder_notes(folder, recordings)[0], f"bit {bit}"


def test_files_that_were_exchanged(cohort: tuple[Path, list[Recording]]) -> None:
    folder, (first, second) = cohort
    for ending in ("flac", "json"):
        one, other = (folder / "audio" / f"R000{n}.{ending}" for n in (1, 2))
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
    for recording in (first, second):
        text = "; ".join(stored_defects(folder, recording))
        assert "recording_id is not the one in the sidecar" in text
        assert text.startswith(f"row {recording.row}: ")


def test_a_manifest_that_was_filled_in_is_a_warning_and_a_lost_row_another(
    cohort: tuple[Path, list[Recording]],
) -> None:
    folder, recordings = cohort
    text = (folder / "manifest.csv").read_text()
    (folder / "manifest.csv").write_text(text.replace("P0001", "P0002"))
    assert stored_folder_notes(folder, recordings) == (
        [],
        ["the manifest was changed after ingest"],
    )
    (folder / "manifest.csv").write_text("\n".join(text.splitlines()[:2]) + "\n")
    _, warnings = stored_folder_notes(folder, recordings[:1])
    assert warnings[1] == "1 stored recordings have no row in the manifest"


def test_a_cohort_that_was_not_ingested(cohort: tuple[Path, list[Recording]]) -> None:
    folder, recordings = cohort
    (folder / "ingest.json").unlink()
    (folder / "audio" / "R0001.json").write_text("{}")  # anybody's
    assert stored_defects(folder, recordings[0]) == []
    assert stored_folder_notes(folder, recordings) == ([], [])
