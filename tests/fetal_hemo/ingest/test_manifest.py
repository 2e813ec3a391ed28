"""Ingest with a source manifest: who is who comes along, and nothing else."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest import ingest
from fetal_hemo.recordings.sidecar import parse_sidecar

HEADER = (
    "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg,"
    "device_id,sha256,arm\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two recordings of one woman and one of another."""
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(3):
        samples = np.random.default_rng(number).normal(size=20_000) * 0.1
        soundfile.write(folder / f"Ana {number}.wav", samples, 4_000)
    return folder


def manifest(folder: Path, *lines: str) -> Path:
    path = folder / "who.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


def read(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


LINES = (
    "B,w1,v1,Ana 1.wav,200.5,120,80,D7,,left",
    "A,w1,v2,Ana 0.wav,,,,,,",
    "C,w2,v3,Ana 2.wav,210,145,91,D8,,right",
)


def test_columns_are_carried_over_in_the_manifests_order(source: Path, tmp_path: Path) -> None:
    summary = ingest([source], tmp_path / "c", manifest(source, *LINES), jobs=1)
    assert (summary.recordings, summary.numbered) == (3, False)
    assert summary.kept_columns == ("arm",)
    first, second, third = read(tmp_path / "c")
    assert first["gestational_age_days"] == "200.5"
    assert (first["recording_id"], first["participant_id"], first["arm"]) == ("B", "w1", "left")
    assert (second["recording_id"], second["sbp_mmhg"]) == ("A", "")
    assert (third["path"], third["n_samples"]) == ("audio/C.flac", "20000")
    assert "Ana" not in (tmp_path / "c" / "manifest.csv").read_text()
    sidecar = parse_sidecar((tmp_path / "c" / "audio" / "B.json").read_bytes())
    assert sidecar.device_id == "D7"


def test_a_changed_source_is_copied_again_and_told(source: Path, tmp_path: Path) -> None:
    who = manifest(source, *LINES)
    ingest([source], tmp_path / "c", who, jobs=1)
    before = read(tmp_path / "c")
    soundfile.write(source / "Ana 2.wav", np.random.default_rng(8).normal(size=24_000), 4_000)
    summary = ingest([source], tmp_path / "c", who, jobs=1)
    assert (summary.changed, summary.made) == (("C",), 1)
    after = read(tmp_path / "c")
    assert after[:2] == before[:2]
    assert after[2]["n_samples"] == "24000"


def test_a_row_without_its_file_is_passed_over(source: Path, tmp_path: Path) -> None:
    who = manifest(source, *LINES, "D,w2,v3,lost.wav,210,,,,,")
    summary = ingest([source], tmp_path / "c", who, jobs=1)
    assert [(p.place, p.code) for p in summary.passed_over] == [(4, "E-NOT-FOUND")]
    assert [row["recording_id"] for row in read(tmp_path / "c")] == ["B", "A", "C"]


def test_a_file_that_is_not_the_one_in_the_manifest(source: Path, tmp_path: Path) -> None:
    right = hashlib.sha256((source / "Ana 1.wav").read_bytes()).hexdigest()
    lines = (LINES[0].replace("D7,,", f"D7,{right},"), LINES[2].replace("D8,,", f"D8,{right},"))
    summary = ingest([source], tmp_path / "c", manifest(source, *lines), jobs=1)
    assert [(p.place, p.code) for p in summary.passed_over] == [(2, "E-DAMAGED")]


@pytest.mark.parametrize(
    ("line", "named"),
    [("A,w1,v1,../Ana 0.wav,,,,,,", "path"), ("A/B,w1,v1,Ana 0.wav,,,,,,", "recording_id")],
)
def test_a_manifest_with_a_defect(source: Path, tmp_path: Path, line: str, named: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        ingest([source], tmp_path / "c", manifest(source, line), jobs=1)
    assert caught.value.code == "E-MANIFEST"
    assert f"column {named}" in caught.value.what
    assert not (tmp_path / "c").exists()


def test_a_manifest_needs_one_folder(source: Path, tmp_path: Path) -> None:
    who = manifest(source, *LINES)
    with pytest.raises(FetalHemoError) as caught:
        ingest([source / "Ana 0.wav"], tmp_path / "c", who)
    assert caught.value.code == "E-USAGE"
