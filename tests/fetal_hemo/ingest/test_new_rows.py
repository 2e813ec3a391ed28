"""A recording that is added takes no woman, visit or id that a person has given to another."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest
from fetal_hemo.recordings.manifest import read_manifest

Ids = tuple[str, str, str]


def add(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        sound = np.random.default_rng(ord(name)).normal(size=16_000) * 0.1
        soundfile.write(folder / f"{name}.wav", sound, 4_000)


def ids(cohort: Path) -> list[Ids]:
    rows = read_manifest(cohort / "manifest.csv")
    return [(r.recording_id, r.participant_id, r.visit_id) for r in rows]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A source of two recordings and the cohort made of them."""
    source, cohort = tmp_path / "s", tmp_path / "c"
    add(source, "a", "b")
    ingest([source], cohort, jobs=1)
    return source, cohort


@pytest.mark.parametrize(
    ("written", "new"),
    [
        ("P0003,V0003", ("P0004", "V0004")),
        ("P0001,V0003", ("P0004", "V0004")),
        ("P0003,V0002", ("P0004", "V0004")),
        ("P3,V4", ("P0005", "V0005")),
        ("Woman9,Visit3", ("P0003", "V0003")),
    ],
)
def test_numbers_that_a_person_has_given(
    places: tuple[Path, Path], written: str, new: tuple[str, str]
) -> None:
    source, cohort = places
    manifest = cohort / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("P0002,V0002", written))
    add(source, "c")
    ingest([source], cohort, jobs=1)
    first, second, third = ids(cohort)
    assert (first, second) == (("R0001", "P0001", "V0001"), ("R0002", *written.split(",")))
    assert third == ("R0003", *new)
    before = manifest.read_bytes()
    ingest([source], cohort, jobs=1)
    assert manifest.read_bytes() == before


def test_each_of_several_new_ones_is_a_woman_of_her_own(places: tuple[Path, Path]) -> None:
    source, cohort = places
    manifest = cohort / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("P0002,V0002", "P0003,V0004"))
    add(source, "c", "d", "e")
    ingest([source], cohort, jobs=1)
    assert ids(cohort)[2:] == [
        ("R0003", "P0006", "V0006"),
        ("R0004", "P0007", "V0007"),
        ("R0005", "P0005", "V0005"),
    ]


@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_row_that_a_person_added_keeps_its_id(places: tuple[Path, Path], sha256: str) -> None:
    source, cohort = places
    manifest = cohort / "manifest.csv"
    with manifest.open(newline="") as file:
        row = dict.fromkeys(csv.DictReader(file).fieldnames or [], "")
    own = {"recording_id": "R0003", "participant_id": "W7", "visit_id": "W7-1"}
    row |= own | {"path": "audio/theirs.flac", "sha256": sha256}
    with manifest.open("a", newline="") as file:
        csv.DictWriter(file, list(row), lineterminator="\n").writerow(row)
    add(source, "c")
    ingest([source], cohort, jobs=1)
    assert ids(cohort)[2:] == [("R0003", "W7", "W7-1"), ("R0004", "P0004", "V0004")]


def test_a_row_that_does_not_say_which_copy_is_for_no_new_one(places: tuple[Path, Path]) -> None:
    source, cohort = places
    manifest = cohort / "manifest.csv"
    with manifest.open(newline="") as file:
        rows = [row | {"sha256": ""} for row in csv.DictReader(file)]
    with manifest.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (source / "b.wav").unlink()
    for path in (cohort / "audio").glob("R0002.*"):  # dropped, but its row forgotten
        path.unlink()
    add(source, "c")
    ingest([source], cohort, jobs=1)
    assert ids(cohort)[1:] == [("R0002", "P0002", "V0002"), ("R0003", "P0003", "V0003")]
