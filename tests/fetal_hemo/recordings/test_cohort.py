"""Opening a cohort: complete, or refused in one line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import open_cohort


def test_a_cohort_knows_its_recordings_women_and_hash(make_cohort) -> None:
    folder = make_cohort([(110, 70), (150, 95)])
    cohort = open_cohort(folder)
    assert [r.recording_id for r in cohort.recordings] == ["r0", "r1"]
    assert cohort.women == ["w0", "w1"]
    assert cohort.audio_path(cohort.recordings[1]).is_file()
    assert cohort.data_hash == hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("card", "simulated"),
    [(None, False), ({}, True), ({"simulated": True}, True), ({"simulated": False}, False)],
)
def test_simulated_is_what_the_card_says_and_real_has_none(make_cohort, card, simulated) -> None:
    folder = make_cohort([(110, 70)])
    if card is not None:
        (folder / "cohort.json").write_text(json.dumps(card))
    assert open_cohort(folder).simulated is simulated


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000, "\ud800"])
def test_a_broken_card_is_refused_rather_than_taken_for_real(make_cohort, content) -> None:
    folder = make_cohort([(110, 70)])
    (folder / "cohort.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(FetalHemoError, match=r"E-COHORT: .*cohort\.json"):
        open_cohort(folder)


def test_missing_audio_is_counted_and_its_row_named(make_cohort) -> None:
    folder = make_cohort([(110, 70), (110, 70), (110, 70)])
    (folder / "audio/r1.flac").unlink()
    (folder / "audio/r2.flac").unlink()
    with pytest.raises(FetalHemoError, match=r"E-COHORT: 2 of 3 audio files .* first in row 3"):
        open_cohort(folder)


def test_a_link_out_of_the_folder_is_refused(make_cohort, tmp_path_factory) -> None:
    folder = make_cohort([(110, 70)])
    outside = tmp_path_factory.mktemp("outside") / "secret.flac"
    (folder / "audio/r0.flac").rename(outside)
    (folder / "audio/r0.flac").symlink_to(outside)
    with pytest.raises(FetalHemoError, match="E-COHORT: row 2: the audio is a link that leaves"):
        open_cohort(folder)


def test_a_folder_without_a_manifest_is_no_cohort(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, said in (
        (tmp_path, "E-NOT-FOUND: there is no manifest"),
        (tmp_path / "none", "E-NOT-FOUND: there is no such folder"),
        (tmp_path / "file", "E-COHORT: is a file, not a folder"),
    ):
        with pytest.raises(FetalHemoError, match=said):
            open_cohort(folder)
