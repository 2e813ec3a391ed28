"""`--scan` counts what identifies by kind, prints none of it, and finds a new cohort clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
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


def test_columns_are_judged_as_for_keeping_them(cohort: Write) -> None:
    names = ["Maria", "Rosa", "Juana", "Elena"]
    rows = [
        {"smoker": "no", "mother_name": name, "dob": 1985, "ward": name, "came": f"{45121 + n}.5"}
        for n, name in enumerate(names)
    ]
    found = scan_cohort(cohort(rows))
    assert found.columns == {
        "other column 2": "its name says that it identifies",
        "other column 3": "its name says that it identifies",
        "other column 4": "4 of 4 women have a text of their own in it",
        "other column 5": "4 of 4 numbers in it could be spreadsheet dates",
    }
    assert (found.exit_status, found.to_dict()["found"]) == (3, True)
    assert "columns: other column 2: its name says that it identifies\n" in found.text()
    assert not any(word in found.text() for word in (*names, "mother", "dob", "ward", "came"))


def test_missing_files_are_counted(cohort: Write) -> None:
    source = cohort([{}, {}])
    (source / "wav" / "2.wav").unlink()
    found = scan_cohort(source)
    assert (found.unreadable, found.exit_status) == (1, 7)
    assert found.text().startswith("1 of 2 files could not be searched")
    assert "nothing found in the others" in found.text()


@pytest.mark.parametrize("kind", ["AIFF", "AU", "CAF", "W64", "RAW"])
def test_files_of_other_kinds_are_not_called_clean(cohort: Write, kind: str) -> None:
    source = cohort([{}, {"path": f"wav/2.{kind.lower()}"}], {f"wav/2.{kind.lower()}": np.zeros(0)})
    path = source / "wav" / f"2.{kind.lower()}"
    with soundfile.SoundFile(path, "w", 4_000, 1, "PCM_16", format=kind) as file:
        if kind == "AIFF":
            file.title = "Jane Doe"
        file.write(heart_sound(8))
    found = scan_cohort(source)
    assert (found.unreadable, found.exit_status, found.to_dict()["found"]) == (1, 7, False)


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("2.flac", "PCM_16"), ("2.ogg", "VORBIS"), ("2.ogg", "OPUS"), ("2.mp3", "MPEG_LAYER_III")],
)
def test_files_of_known_kinds_are_searched(cohort: Write, name: str, subtype: str) -> None:
    source = cohort([{}, {"path": f"wav/{name}"}], {f"wav/{name}": np.zeros(0)})
    soundfile.write(source / "wav" / name, np.tile(heart_sound(8), 4), 16_000, subtype=subtype)
    assert scan_cohort(source).unreadable == 0


def test_a_broken_manifest_is_not_quoted(cohort: Write) -> None:
    with pytest.raises(FetalHemoError) as caught:
        scan_cohort(cohort([{"sbp_mmhg": "Jane"}]))
    line = caught.value.line()
    assert "row 2, column sbp_mmhg" in line
    assert "Jane" not in line
    assert "source/" not in line
