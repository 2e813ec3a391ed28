"""A whole cohort: what is kept, what is gone, and what the key knows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid import Choices, deidentify
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import is_simulated, open_cohort
from firmware_bridge.audio import read_audio

from .conftest import RATE, Row, heart_sound, read_rows, with_speech

Write = Callable[..., Path]
EMPTY = np.zeros(0)


def test_measures_sound_and_relations_are_kept(cohort: Write, tmp_path: Path) -> None:
    rows: list[Row] = [
        {"participant_id": "a", "visit_id": "a1", "sbp_mmhg": 151, "dbp_mmhg": 95},
        {"participant_id": "a", "visit_id": "a2", "device_id": "probe B"},
        {"participant_id": "b", "visit_id": "b1", "site_id": ""},
    ]
    source, new, key = cohort(rows), tmp_path / "new", tmp_path / "key.csv"
    done = deidentify(source, new, key)
    assert (done.recordings, done.women, done.visits, done.exit_status) == (3, 2, 3, 0)
    made = {row["recording_id"]: row for row in read_rows(new / "manifest.csv")}
    old = {row["recording_id"]: row for row in read_rows(source / "manifest.csv")}
    for link in read_rows(key):
        was, now = old[link["source_recording_id"]], made[link["recording_id"]]
        assert now["sbp_mmhg"] == was["sbp_mmhg"]
        assert (now["maternal_age_years"], now["bmi_kg_m2"]) == ("31", "27.2")
        before, after = (
            soundfile.read(folder / row["path"], dtype="int16")[0]
            for folder, row in ((source, was), (new, now))
        )
        assert np.array_equal(before, after)
        assert link["source_path"] == was["path"]
        assert link["source_sha256"] == sha256(source / was["path"])
        assert link["sha256"] == now["sha256"] == sha256(new / now["path"])
        assert link["source_participant_id"] == was["participant_id"]
    women = [row["participant_id"] for row in made.values()]
    assert sorted(map(women.count, set(women))) == [1, 2]
    assert sorted(row["site_id"] for row in made.values()) == ["", "S01", "S01"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_new_cohort_is_one_and_tells_no_times(cohort: Write, tmp_path: Path) -> None:
    source, new, key = cohort([{}, {}, {}]), tmp_path / "new", tmp_path / "key.csv"
    deidentify(source, new, key)
    made = open_cohort(new).recordings
    assert [r.path for r in made] == [f"audio/R000{n}.flac" for n in (1, 2, 3)]
    for r in made:
        audio = read_audio(new / r.path)
        assert (r.sha256, r.n_samples) == (audio.sha256, len(audio.samples))
    assert {path.stat().st_mtime for path in [new, *new.rglob("*")]} == {946_684_800.0}
    assert key.stat().st_mode & 0o777 == 0o600
    everything = b"".join(p.read_bytes() for p in new.rglob("*") if p.is_file())
    for row in read_rows(key):
        assert row["source_sha256"].encode() not in everything
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key.csv", "new", "source"]


def test_simulated_stays_simulated_and_its_card_is_new(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{}])
    (source / "cohort.json").write_text(json.dumps({"simulated": True, "by": "Jane Doe"}))
    deidentify(source, tmp_path / "new", tmp_path / "key.csv")
    assert is_simulated(tmp_path / "new")
    assert "Jane" not in (tmp_path / "new" / "cohort.json").read_text()


def test_bad_recordings_are_listed_by_row(cohort: Write, tmp_path: Path) -> None:
    sounds = {"wav/1.wav": EMPTY, "wav/3.wav": heart_sound(1)}
    done = deidentify(cohort([{}, {}, {}], sounds), tmp_path / "new", tmp_path / "key.csv")
    assert (done.recordings, done.exit_status) == (1, 7)
    assert [(f.row, f.code) for f in done.failures] == [(2, "E-NOT-FOUND"), (4, "E-TOO-SHORT")]
    assert len(read_rows(tmp_path / "key.csv")) == 1


def test_a_cohort_of_bad_recordings_leaves_nothing(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{}, {}], {"wav/1.wav": EMPTY, "wav/2.wav": EMPTY})
    with pytest.raises(FetalHemoError) as caught:
        deidentify(source, tmp_path / "new", tmp_path / "key.csv")
    assert caught.value.code == "E-COHORT"
    assert [p.name for p in tmp_path.iterdir()] == ["source"]


def test_columns_asked_for_are_kept_and_others_are_not(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{"smoker": "yes", "note": "call Jane"}, {"smoker": "yes", "note": ""}])
    choices = Choices(keep_columns=("smoker",))
    done = deidentify(source, tmp_path / "new", tmp_path / "key.csv", choices)
    (first, _) = read_rows(tmp_path / "new" / "manifest.csv")
    assert first["smoker"] == "yes"
    assert "note" not in first
    assert done.dropped_columns == 1


def test_speech_is_listed_and_silenced_when_asked_for(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{}, {}], {"wav/2.wav": with_speech(40, 14, 24)})
    listed = deidentify(source, tmp_path / "a", tmp_path / "a.csv")
    (speech,) = listed.speech
    assert 9 < speech.seconds < 16
    assert 3 <= speech.windows <= 5
    assert "STILL IN THE AUDIO" in listed.text()
    quiet = deidentify(source, tmp_path / "b", tmp_path / "b.csv", Choices(silence="mute"))
    (row,) = read_rows(tmp_path / "b" / "silenced.csv")
    assert [row["recording_id"]] == [one.recording_id for one in quiet.speech]
    sound, _ = soundfile.read(
        tmp_path / "b" / "audio" / f"{row['recording_id']}.flac", dtype="int16"
    )
    assert np.abs(sound[16 * RATE : 22 * RATE]).max() == 1
    assert "silenced (mute)" in quiet.text()
    assert quiet.to_dict()["speech"][0]["windows"] == speech.windows


def test_a_key_is_never_overwritten(cohort: Write, tmp_path: Path) -> None:
    source, key = cohort([{}]), tmp_path / "key.csv"
    deidentify(source, tmp_path / "a", key)
    before = key.read_bytes()
    with pytest.raises(FetalHemoError) as caught:
        deidentify(source, tmp_path / "b", key)
    assert (caught.value.code, caught.value.where) == ("E-USAGE", "--key")
    assert key.read_bytes() == before
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / ".b.part").exists()
