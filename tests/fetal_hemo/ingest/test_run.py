"""A folder of recordings becomes a cohort: complete, honest about its sources, without names."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest import IngestSummary, ingest
from fetal_hemo.recordings.cohort import is_simulated, open_cohort
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from fetal_hemo.recordings.sidecar import parse_sidecar
from firmware_bridge.audio import read_audio

Made = tuple[Path, IngestSummary]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def refusal(*arguments: Any, **how: Any) -> FetalHemoError:
    with pytest.raises(FetalHemoError) as caught:
        ingest(*arguments, **how)
    assert "\n" not in caught.value.line()
    return caught.value


def test_all_good_sources_are_there_and_the_others_are_listed(ingested: Made) -> None:
    folder, summary = ingested
    assert (summary.recordings, summary.made, summary.numbered) == (8, 8, True)
    listed = [(p.place, p.code, p.source.name, p.same_as) for p in summary.passed_over]
    assert listed == [
        (5, "E-TRUNCATED", "Lopez2b.wav", None),
        (7, "E-NOT-AUDIO", "Lopez3b.wav", None),
        (10, "E-DUPLICATE", "again.wav", "R0001"),
    ]
    card = json.loads((folder / "ingest.json").read_text())
    assert (card["complete"], card["recordings"]) == (True, 8)
    assert card["passed_over"] == [p.facts() for p in summary.passed_over]


def test_the_project_reads_the_cohort(ingested: Made) -> None:
    folder, summary = ingested
    cohort = open_cohort(folder)
    assert len(cohort.recordings) == len(cohort.women) == summary.recordings
    assert tuple(rows(folder)[0]) == KNOWN_COLUMNS
    for recording in cohort.recordings:
        number = recording.recording_id[1:]
        assert (recording.participant_id, recording.visit_id) == (f"P{number}", f"V{number}")
        content = cohort.audio_path(recording).read_bytes()
        assert hashlib.sha256(content).hexdigest() == recording.sha256
        info = soundfile.info(cohort.audio_path(recording))
        assert (info.frames, info.samplerate) == (recording.n_samples, 4_000)
        assert (info.channels, info.format, info.subtype) == (1, "FLAC", "PCM_16")


def test_the_sidecar_knows_the_source(ingested: Made, source: Path) -> None:
    sidecar = parse_sidecar((ingested[0] / "audio" / "R0001.json").read_bytes())
    content = (source / "Lopez0.wav").read_bytes()
    assert sidecar.source.sha256 == hashlib.sha256(content).hexdigest()
    assert (sidecar.source.format, sidecar.source.subtype) == ("WAV", "PCM_16")
    assert (sidecar.source.sample_rate_hz, sidecar.source.n_samples) == (8_000, 48_000)
    assert (sidecar.source.channels, sidecar.source.channel) == (1, 0)
    assert (sidecar.n_samples, sidecar.sample_rate_hz, sidecar.gain) == (24_000, 4_000, 1.0)
    assert sidecar.band_limit_hz == 2_000


def test_the_copy_is_the_resampled_source(ingested: Made, source: Path) -> None:
    samples, rate = soundfile.read(source / "Lopez4.wav", dtype="float32")
    copy, _ = soundfile.read(ingested[0] / "audio" / "R0008.flac", dtype="float32")
    assert np.abs(copy - soxr.resample(samples, rate, 4_000)).max() <= 0.51 / 32_768


def test_a_copy_claims_no_band_that_its_source_had_not(ingested: Made) -> None:
    sidecar = parse_sidecar((ingested[0] / "audio" / "R0003.json").read_bytes())
    assert (sidecar.source.sample_rate_hz, sidecar.band_limit_hz) == (1_000, 500.0)
    assert read_audio(ingested[0] / "audio" / "R0003.flac").band_limit_hz == 500.0
    assert read_audio(ingested[0] / "audio" / "R0001.flac").band_limit_hz == 2_000.0


def test_a_copy_of_a_copy_still_claims_no_more(ingested: Made, tmp_path: Path) -> None:
    ingest([ingested[0] / "audio" / "R0003.flac"], tmp_path / "c")
    assert read_audio(tmp_path / "c" / "audio" / "R0001.flac").band_limit_hz == 500.0


def test_no_name_of_a_source_is_stored(ingested: Made) -> None:
    for name, content in contents(ingested[0]).items():
        assert b"lopez" not in content.lower() + name.lower().encode()
        assert b"clinic" not in content.lower()


def test_two_processes_give_the_same_bytes_as_one(
    ingested: Made, source: Path, tmp_path: Path
) -> None:
    ingest([source], tmp_path / "c", rate_hz=8_000.0, jobs=2)
    assert contents(tmp_path / "c") == contents(ingested[0])


def test_a_second_run_makes_nothing_and_changes_nothing(
    ingested: Made, source: Path, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    before = contents(ingested[0])
    times = {p: p.stat().st_mtime_ns for p in (ingested[0] / "audio").iterdir()}
    summary = ingest(
        [source], ingested[0], rate_hz=8_000.0, jobs=1, progress=lambda *now: told.append(now)
    )
    assert (summary.recordings, summary.made) == (8, 0)
    assert contents(ingested[0]) == before
    assert times == {p: p.stat().st_mtime_ns for p in times}
    assert told[0] == (1, 22)
    assert told[-1] == (22, 22)
    assert told == sorted(told)


def test_what_is_lost_or_damaged_is_made_again(
    ingested: Made, source: Path, tmp_path: Path
) -> None:
    whole = contents(ingested[0])
    folder = tmp_path / "c"
    for name, content in whole.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for name in ("manifest.csv", "audio/R0001.json", "audio/R0002.flac"):
        (folder / name).unlink()
    (folder / "audio/R0004.flac").write_bytes(whole["audio/R0004.flac"][:-1])
    (folder / "audio/R0006.json").write_bytes(whole["audio/R0006.json"].replace(b"1", b"2", 1))
    (folder / "audio/.R0001.flac.abcd_012").write_bytes(b"what a kill left behind")
    assert ingest([source], folder, rate_hz=8_000.0, jobs=1).made == 4
    assert contents(folder) == whole


def test_new_files_are_added_and_what_a_person_filled_in_stays(tmp_path: Path) -> None:
    folder, source = tmp_path / "c", tmp_path / "s"
    source.mkdir()
    rng = np.random.default_rng(0)
    for name in ("b", "d"):
        soundfile.write(source / f"{name}.wav", rng.normal(size=16_000) * 0.1, 4_000)
    ingest([source], folder, jobs=1)
    text = (folder / "manifest.csv").read_text()
    (folder / "manifest.csv").write_text(text.replace("P0002,V0002", "Woman9,Visit3"))
    soundfile.write(source / "a.wav", rng.normal(size=16_000) * 0.1, 4_000)
    summary = ingest([source], folder, jobs=1)
    assert (summary.recordings, summary.made) == (3, 1)
    found = [(r["recording_id"], r["participant_id"], r["visit_id"]) for r in rows(folder)]
    assert found == [
        ("R0001", "P0001", "V0001"),
        ("R0002", "Woman9", "Visit3"),
        ("R0003", "P0003", "V0003"),
    ]


def test_a_manifest_that_a_person_broke_is_not_overwritten(tmp_path: Path) -> None:
    folder, source = tmp_path / "c", tmp_path / "s"
    source.mkdir()
    soundfile.write(source / "a.wav", np.random.default_rng(0).normal(size=16_000), 4_000)
    ingest([source], folder, jobs=1)
    (folder / "manifest.csv").write_text("half,a,manifest\n")
    assert refusal([source], folder, jobs=1).code == "E-MANIFEST"
    assert (folder / "manifest.csv").read_text() == "half,a,manifest\n"


@pytest.mark.parametrize("change", ["other content", "gone"])
def test_a_source_that_changed_or_went_is_noticed(change: str, tmp_path: Path) -> None:
    folder, source = tmp_path / "c", tmp_path / "s"
    source.mkdir()
    for name in ("a", "b"):
        samples = np.random.default_rng(ord(name)).normal(size=16_000) * 0.1
        soundfile.write(source / f"{name}.wav", samples, 4_000)
    ingest([source], folder, jobs=1)
    before = contents(folder)
    if change == "gone":
        (source / "b.wav").unlink()
    else:
        soundfile.write(source / "b.wav", np.random.default_rng(9).normal(size=16_000), 4_000)
    error = refusal([source], folder, jobs=1)
    assert error.code == "E-COHORT"
    assert "R0002" in error.what
    assert contents(folder) == before
    for path in (folder / "audio").glob("R0002.*"):  # what the message says to do
        path.unlink()
    assert ingest([source], folder, jobs=1).recordings == (1 if change == "gone" else 2)


def test_other_options_are_refused(ingested: Made, source: Path) -> None:
    before = contents(ingested[0])
    error = refusal([source], ingested[0], rate_hz=16_000.0, jobs=1)
    assert (error.code, "rate_hz" in error.what) == ("E-COHORT", True)
    assert contents(ingested[0]) == before


def test_a_folder_with_other_things_is_left_alone(source: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert refusal([source], tmp_path, jobs=1).code == "E-COHORT"
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_cohort_inside_its_source_is_not_its_own_source(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(size=16_000), 4_000)
    for _ in range(2):
        assert ingest([tmp_path], tmp_path / "cohort", jobs=1).recordings == 1


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    assert refusal([tmp_path / "s"], tmp_path / "c").code == "E-EMPTY"
    assert refusal([tmp_path / "none"], tmp_path / "c").code == "E-NOT-FOUND"


def test_only_bad_files_make_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound")
    assert ingest([tmp_path / "a.wav"], tmp_path / "c").recordings == 0
    assert not (tmp_path / "c" / "manifest.csv").exists()


def test_what_is_simulated_stays_simulated(tmp_path: Path) -> None:
    (tmp_path / "s" / "audio").mkdir(parents=True)
    (tmp_path / "s" / "cohort.json").write_text('{"simulated": true}')
    path = tmp_path / "s" / "audio" / "a.wav"
    soundfile.write(path, np.random.default_rng(0).normal(size=16_000), 4_000)
    for number, given in enumerate((tmp_path / "s", path)):
        assert ingest([given], tmp_path / f"c{number}", jobs=1).simulated
        assert is_simulated(tmp_path / f"c{number}")


def test_two_ingests_of_one_folder(source: Path, tmp_path: Path) -> None:
    from fetal_hemo.ingest.claim import claim

    options = {"rate_hz": 8_000.0, "signal": None, "numbered": True}
    with claim(tmp_path / "c", options, simulated=False):
        error = refusal([source], tmp_path / "c", rate_hz=8_000.0, jobs=1)
    assert (error.code, error.what) == ("E-COHORT", "another ingest is at work there")


def test_real_recordings(data_dir: Path, tmp_path: Path) -> None:
    summary = ingest([data_dir / "doppler"], tmp_path / "c", rate_hz=4_000.0, jobs=2)
    stored = list(open_cohort(tmp_path / "c").recordings)
    luna = max(stored, key=lambda r: r.n_samples or 0)
    sidecar = parse_sidecar((tmp_path / "c" / "audio" / f"{luna.recording_id}.json").read_bytes())
    assert (sidecar.source.subtype, sidecar.band_limit_hz) == ("PCM_U8", 500.0)
    assert sidecar.n_samples == 2_400_000
    doubles = [p for p in summary.passed_over if p.source.suffix == ".wav"]
    assert doubles == []


def test_signal_files_of_a_header_are_not_recordings_of_their_own(tmp_path: Path) -> None:
    wfdb = pytest.importorskip("wfdb")
    sound = (np.random.default_rng(0).normal(size=(20_000, 1)) * 3_000).astype(np.int64)
    how = {"fmt": ["516"], "adc_gain": [200.0], "baseline": [0], "write_dir": str(tmp_path / "s")}
    (tmp_path / "s").mkdir()
    wfdb.wrsamp("r", fs=4_000, units=["mV"], sig_name=["doppler"], d_signal=sound, **how)
    header = tmp_path / "s" / "r.hea"
    header.write_text(header.read_text().replace("r.dat", "r.flac"))
    (tmp_path / "s" / "r.dat").rename(tmp_path / "s" / "r.flac")
    summary = ingest([tmp_path / "s"], tmp_path / "c", jobs=1)
    assert (summary.recordings, summary.passed_over) == (1, ())
    copy, _ = soundfile.read(tmp_path / "c" / "audio" / "R0001.flac", dtype="int16")
    assert np.array_equal(copy, sound[:, 0])
