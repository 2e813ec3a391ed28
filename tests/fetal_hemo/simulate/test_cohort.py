"""A simulated cohort on disk: complete, reproducible, resumable, and refused when it is another."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import soundfile

from fetal_hemo.confounders import USUAL
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.manifest import read_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from fetal_hemo.simulate.cohort import CohortSummary, simulate_cohort
from fetal_hemo.simulate.real_rhythm import open_rhythm_library
from fetal_hemo.simulate.recording import simulate_recording
from fetal_hemo.simulate.truth import truth_of
from firmware_bridge.store import PREFIX

SMALL = {"women": 6, "seed": 11, "minutes": 0.25, "prevalence": 0.3}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CohortSummary]:
    folder = tmp_path_factory.mktemp("simulated") / "cohort"
    return folder, simulate_cohort(folder, jobs=1, **SMALL)


def test_manifest_columns_are_all_there_and_true(cohort: tuple[Path, CohortSummary]) -> None:
    folder, summary = cohort
    with (folder / "manifest.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == summary.recordings
    assert tuple(rows[0]) == (*KNOWN_COLUMNS, "gestational_diabetes")
    for row in rows:
        path = folder / row["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
        info = soundfile.info(path)
        assert (info.frames, info.samplerate) == (int(row["n_samples"]), 4_000)
        assert int(row["sample_rate_hz"]) == 4_000
        assert (info.channels, info.format, info.subtype) == (1, "FLAC", "PCM_16")
        with soundfile.SoundFile(path) as file:
            assert not any(file.copy_metadata().values())


def test_the_project_reads_its_own_manifest(cohort: tuple[Path, CohortSummary]) -> None:
    folder, summary = cohort
    recordings = read_manifest(folder / "manifest.csv")
    assert len({r.participant_id for r in recordings}) == summary.women == 6
    assert sum(r.sbp_mmhg is not None for r in recordings) == summary.labelled
    high = [r.sbp_mmhg >= 140 or r.dbp_mmhg >= 90 for r in recordings if r.sbp_mmhg is not None]
    assert sum(high) == summary.positive


def test_audio_and_truth_are_those_of_the_recording(cohort: tuple[Path, CohortSummary]) -> None:
    folder, _ = cohort
    made = simulate_recording(11, 2, 0, 0.25, 1.0, 0.3)
    audio, _ = soundfile.read(folder / "audio/W0003-V1.flac", dtype="float32")
    assert abs(audio - made.samples).max() <= 0.5 / 32_768 + 1e-7
    truth = json.loads((folder / "truth/W0003-V1.json").read_text())
    assert truth["beats_s"] == truth_of(made)["beats_s"]
    assert truth["simulated"] is True


def test_card_says_simulated_and_names_every_parameter(cohort: tuple[Path, CohortSummary]) -> None:
    card = json.loads((cohort[0] / "cohort.json").read_text())
    assert card["simulated"] is True
    assert "Simulated" in card["notice"]
    usual = {"effect": 1.0, "confounders": list(USUAL), "sample_rate_hz": 4_000, "rhythm": None}
    assert card["parameters"] == {**SMALL, **usual}


def test_two_processes_write_the_same_bytes_as_one(
    cohort: tuple[Path, CohortSummary], tmp_path: Path
) -> None:
    simulate_cohort(tmp_path / "c", jobs=2, **SMALL)
    assert contents(tmp_path / "c") == contents(cohort[0])


def test_a_cluster_writes_the_same_bytes_though_a_worker_is_killed(
    cohort: tuple[Path, CohortSummary],
    cluster: Any,
    victim: subprocess.Popen[bytes],
    tmp_path: Path,
) -> None:
    def kill(done: int, total: int) -> None:
        if done == 2:
            victim.kill()

    simulate_cohort(tmp_path / "c", dask=cluster.address, progress=kill, **SMALL)
    assert contents(tmp_path / "c") == contents(cohort[0])


def test_a_partial_cohort_is_completed_and_nothing_made_twice(
    cohort: tuple[Path, CohortSummary], tmp_path: Path
) -> None:
    folder, whole = tmp_path / "c", contents(cohort[0])
    lost = {"manifest.csv", "audio/W0002-V1.flac", "truth/W0004-V1.json"}
    for name, content in whole.items():
        if name not in lost:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    cut = folder / "audio/W0001-V1.flac"  # and one that stopped in the middle of a write
    cut.write_bytes(cut.read_bytes()[:1_000])
    (folder / "truth" / f"{PREFIX}W0004-V1.json.ab12cd34").write_bytes(
        b"{"
    )  # and what a kill left behind
    kept = folder / "audio/W0005-V1.flac"
    before = kept.stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    summary = simulate_cohort(
        folder, jobs=1, progress=lambda done, total: told.append((done, total)), **SMALL
    )
    assert summary.made == 3
    assert contents(folder) == whole
    assert kept.stat().st_mtime_ns == before
    total = summary.recordings
    assert told == [(done, total) for done in range(total - 3, total + 1)]


@pytest.mark.parametrize("change", [{"seed": 12}, {"effect": 0.0}, {"women": 7}])
def test_other_parameters_are_refused(
    cohort: tuple[Path, CohortSummary], change: dict[str, float]
) -> None:
    before = contents(cohort[0])
    with pytest.raises(FetalHemoError) as caught:
        simulate_cohort(cohort[0], jobs=1, **{**SMALL, **change})
    assert caught.value.code == "E-COHORT"
    assert next(iter(change)) in caught.value.line()
    assert contents(cohort[0]) == before


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FetalHemoError) as caught:
        simulate_cohort(tmp_path, jobs=1, **SMALL)
    assert caught.value.code == "E-COHORT"
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("content", ["", "[]", '{"simulated": true}', '{"parameters": 3}'])
def test_a_foreign_card_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "cohort.json").write_text(content)
    with pytest.raises(FetalHemoError) as caught:
        simulate_cohort(tmp_path, jobs=1, **SMALL)
    assert caught.value.code == "E-COHORT"


@pytest.mark.parametrize(
    "bad",
    [{"women": 0}, {"prevalence": 0.6}, {"effect": -1.0}, {"minutes": 0.01},
     {"minutes": float("nan")}, {"seed": -1}],
)  # fmt: skip
def test_values_out_of_range_are_named(tmp_path: Path, bad: dict[str, float]) -> None:
    with pytest.raises(FetalHemoError) as caught:
        simulate_cohort(tmp_path / "c", jobs=1, **{**SMALL, **bad})
    assert caught.value.code == "E-USAGE"
    assert next(iter(bad)) in caught.value.line()
    assert caught.value.line().endswith("; choose another number")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("after_s", [0.0, 1.5])
def test_ctrl_c_ends_every_process(tmp_path: Path, after_s: float) -> None:
    """The signal goes to the whole process group, as a terminal sends it."""
    folder, script = tmp_path / "c", tmp_path / "run.py"
    script.write_text(
        "from pathlib import Path\n"
        "from fetal_hemo.simulate.cohort import simulate_cohort\n"
        "if __name__ == '__main__':\n"
        f"    long = {SMALL | {'minutes': 10.0, 'women': 40}!r}\n"
        f"    simulate_cohort(Path({str(folder)!r}), jobs=2, **long)\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)], start_new_session=True, stderr=subprocess.DEVNULL
    )
    while not (folder / "cohort.json").exists():
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGINT)
    try:
        assert process.wait(timeout=30) != 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    for truth in (folder / "truth").glob("W*.json"):
        assert (folder / "audio" / f"{truth.stem}.flac").exists()
    assert not (folder / "manifest.csv").exists()


def test_real_rhythms_beat_in_the_sound_and_bring_their_labels(
    data_dir: Path, tmp_path: Path
) -> None:
    rhythm = open_rhythm_library(data_dir / "doppler")
    options = {"women": 3, "seed": 2, "minutes": 0.5, "prevalence": 0.3, "rhythm": rhythm}
    one = simulate_cohort(tmp_path / "one", jobs=1, **options).folder
    two = simulate_cohort(tmp_path / "two", jobs=2, **options).folder
    assert contents(one) == contents(two)
    card = (one / "cohort.json").read_text()
    assert json.loads(card)["parameters"]["rhythm"] == rhythm.digest
    assert str(data_dir) not in card
    with (one / "manifest.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["rhythm_id"] for row in rows} <= {entry.rhythm_id for entry in rhythm.entries}
    truth = json.loads((one / "truth/W0001-V1.json").read_text())
    assert truth["rhythm"]["id"] == rows[0]["rhythm_id"]
    assert truth["fetus"]["stv_ms"] is None
    assert "rhythm_preeclampsia" in rows[0]
