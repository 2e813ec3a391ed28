"""`--scan` counts what identifies by kind, prints none of it, and finds a new cohort clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from fetal_hemo.deid import Choices, deidentify, scan_cohort
from fetal_hemo.errors import FetalHemoError

from .conftest import heart_sound

Write = Callable[..., Path]


def test_what_identifies_is_counted_by_kind(cohort: Write) -> None:
    source = cohort(
        [
            {"path": "Jane Doe/1.wav", "participant_id": "Jane Doe", "note": "call 555 123 456"},
            {"path": "plain/2023-04-05.wav", "visit_id": "4.5.2023", "note": "yes"},
            {"path": "plain/3.wav", "device_id": "a@b.org", "note": ""},
        ]
    )
    with soundfile.SoundFile(source / "plain" / "3.wav", "w", 4_000, 1, "PCM_16") as file:
        file.artist = "Jane Doe"
        file.write(heart_sound(8))
    found = scan_cohort(source)
    assert found.tags == {"WAV LIST INFO": 1}
    assert found.paths == {"date": 1, "name": 1}
    assert found.cells == {
        "device_id: e-mail": 1,
        "other columns: long number": 1,
        "participant_id: name": 1,
        "visit_id: date": 1,
    }
    assert found.exit_status == 3
    assert "Jane" not in found.text() + str(found.to_dict())


def test_a_new_cohort_is_clean(cohort: Write, tmp_path: Path) -> None:
    source = cohort([{"path": "Jane Doe/1.wav", "smoker": "no"}, {"smoker": "no"}])
    assert scan_cohort(source).exit_status == 3
    choices = Choices("mute", ("smoker",), True)
    deidentify(source, tmp_path / "new", tmp_path / "key.csv", choices)
    found = scan_cohort(tmp_path / "new")
    assert (found.exit_status, found.unreadable, found.recordings) == (0, 0, 2)
    assert found.text().startswith("nothing found in 2 recordings")


def test_missing_files_are_counted(cohort: Write) -> None:
    source = cohort([{}, {}])
    (source / "wav" / "2.wav").unlink()
    assert scan_cohort(source).unreadable == 1


def test_a_broken_manifest_is_not_quoted(cohort: Write) -> None:
    with pytest.raises(FetalHemoError) as caught:
        scan_cohort(cohort([{"sbp_mmhg": "Jane"}]))
    line = caught.value.line()
    assert "row 2, column sbp_mmhg" in line
    assert "Jane" not in line
    assert "source/" not in line
