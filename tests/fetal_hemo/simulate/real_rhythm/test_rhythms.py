"""Libraries from real folders of three kinds, whole, damaged and empty."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public import make_ctu_uhb
from fetal_hemo.simulate.real_rhythm import LibraryAt, RhythmLibrary, open_rhythm_library


@pytest.fixture
def few(records: Path, tmp_path: Path) -> Path:
    """Four records, to be damaged."""
    folder = tmp_path / "few"
    folder.mkdir()
    for header in sorted(records.glob("*.hea"))[:4]:
        shutil.copy(header, folder)
        shutil.copy(header.with_suffix(".dat"), folder)
    return folder


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def from_header(path: Path, name: str) -> str:
    lines = path.read_text().splitlines()
    return next(line.split()[-1] for line in lines if line.startswith(f"#{name} "))


def test_every_record_is_there_with_its_labels(records: Path, library: RhythmLibrary) -> None:
    assert not library.passed_over
    mine = sorted(
        (entry.labels["ph"] or 0.0, entry.labels["hypertension"], entry.labels["preeclampsia"],
         entry.gestational_age_days, len(entry.series.values))
        for entry in library.entries
    )  # fmt: skip
    names = ("pH", "Hypertension", "Preeclampsia", "Gest. weeks")
    theirs = []
    for path in records.glob("*.hea"):
        ph, hypertension, preeclampsia, weeks = (from_header(path, name) for name in names)
        samples = int(path.read_text().split()[3])
        known = 0.0 if ph == "NaN" else float(ph)
        theirs.append((known, hypertension == "1", preeclampsia == "1", 7 * float(weeks), samples))
    assert mine == sorted(theirs)


def test_a_cohort_of_the_same_records_is_the_same_library(
    records: Path, library: RhythmLibrary, tmp_path: Path
) -> None:
    make_ctu_uhb(tmp_path / "cohort", records)
    other = open_rhythm_library(tmp_path / "cohort")
    assert other.digest == library.digest
    assert other.card() == library.card()
    assert [e.labels for e in other.entries] == [e.labels for e in library.entries]


def test_the_card_keeps_the_attribution_and_names_nothing(
    records: Path, library: RhythmLibrary
) -> None:
    card = library.card()
    assert "Open Data Commons Attribution" in card["licence"]["name"]
    assert any("intrapartum CTG" in line for line in card["attribution"])
    assert (card["series"], card["passed_over"]) == (len(library.entries), 0)
    assert str(records) not in json.dumps(card)
    said = json.dumps([(e.rhythm_id, e.labels) for e in library.entries])
    assert not any(f'"{path.stem}"' in said for path in records.glob("*.hea"))


def test_the_order_and_digest_follow_from_the_content(beats_folder: Path) -> None:
    first = open_rhythm_library(beats_folder)
    (beats_folder / "beats_patient6.npy").rename(beats_folder / "zz.npy")
    again = open_rhythm_library(beats_folder)
    assert [e.rhythm_id for e in again.entries] == [e.rhythm_id for e in first.entries]
    assert again.digest == first.digest
    assert set(first.entries[0].labels.values()) == {None}
    assert "licence" not in first.card()


@pytest.mark.parametrize("change", ["label", "age", "series"])
def test_any_change_gives_another_digest(few: Path, change: str) -> None:
    before = open_rhythm_library(few).digest
    header = sorted(few.glob("*.hea"))[0]
    if change == "series":
        content = bytearray(header.with_suffix(".dat").read_bytes())
        content[40_000:40_002] = (14_100).to_bytes(2, "little")
        header.with_suffix(".dat").write_bytes(content)
        header.write_text(header.read_text())
    else:
        name = "Hypertension" if change == "label" else "Gest. weeks"
        old = next(line for line in header.read_text().splitlines() if f"#{name} " in line)
        new = f"#{name} {1 - int(old.split()[-1])}" if change == "label" else f"#{name} 33"
        header.write_text(header.read_text().replace(old, new))
    assert open_rhythm_library(few).digest != before


@pytest.mark.parametrize("how", ["cut", "no data", "no header", "no rate"])
def test_a_bad_record_is_listed_and_passed_over(few: Path, how: str) -> None:
    header = sorted(few.glob("*.hea"))[1]
    data = header.with_suffix(".dat")
    if how == "cut":
        data.write_bytes(data.read_bytes()[:1_001])
    elif how == "no data":
        data.unlink()
    elif how == "no header":
        header.write_text("")
    else:
        data.write_bytes(bytes(data.stat().st_size))
    library = open_rhythm_library(few)
    assert len(library.entries) == 3
    (line,) = library.passed_over
    assert header.stem in line
    assert line.startswith(("E-DAMAGED", "E-NOT-FOUND", "E-NO-SIGNAL"))
    assert library.card()["passed_over"] == 1


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("E-TRUNCATED", b""),
        ("E-DAMAGED", b"text, and more of it"),
        ("E-DAMAGED", npy(np.arange(1_000) * 0.4)[:-200]),
        ("E-DAMAGED", npy(np.array([{}], dtype=object))),
        ("E-DAMAGED", pickle.dumps([1.0, 2.0])),
        ("E-DAMAGED", npy(np.zeros((3, 100)))),
        ("E-DAMAGED", npy(np.arange(100))),
        ("E-TOO-BIG", npy(np.zeros(8))[:64] + b" " * 2**24),
        ("E-TOO-BIG", npy(np.zeros(8)).replace(b"(8,), }" + b" " * 14, b"(999999999999999,), }")),
        ("E-NOT-FINITE", npy(np.array([0.4 * i for i in range(99)] + [np.nan]))),
        ("E-NO-SIGNAL", npy(np.arange(10) * 0.4)),
        ("E-NO-SIGNAL", npy(np.arange(1_000) * -0.4)),
        ("E-NO-SIGNAL", npy(np.arange(1_000) * 400.0)),
        ("E-NO-SIGNAL", npy(np.cumsum(np.tile([0.3, 0.9], 500)))),
    ],
)
def test_a_bad_file_of_beats_is_listed_and_passed_over(
    beats_folder: Path, code: str, content: bytes
) -> None:
    (beats_folder / "bad.npy").write_bytes(content)
    library = open_rhythm_library(beats_folder)
    assert len(library.entries) == 2
    (line,) = library.passed_over
    assert line.startswith(code)
    assert "bad" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(beats_folder: Path) -> None:
    (beats_folder / "beats_patient6.npy").chmod(0)
    library = open_rhythm_library(beats_folder)
    assert library.passed_over[0].startswith("E-UNREADABLE")


def test_a_folder_that_bears_the_name_of_a_series(beats_folder: Path) -> None:
    (beats_folder / "folder.npy").mkdir()
    assert open_rhythm_library(beats_folder).passed_over[0].startswith("E-UNREADABLE")


def test_a_series_that_is_there_twice_is_lent_once(beats_folder: Path) -> None:
    shutil.copy(beats_folder / "beats_patient6.npy", beats_folder / "copy.npy")
    library = open_rhythm_library(beats_folder)
    assert len(library.entries) == 2
    assert [line.split(":")[0] for line in library.passed_over] == ["E-DUPLICATE"]


def test_folders_without_any_rhythm(tmp_path: Path, few: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty", "file"):
        with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
            open_rhythm_library(tmp_path / name)
    for path in few.glob("*.dat"):
        path.unlink()
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*none of 4.*E-NOT-FOUND"):
        open_rhythm_library(few)


def test_another_kind_of_cohort_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cohort.json").write_text('{"simulated": true}')
    (tmp_path / "manifest.csv").write_text(
        "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg\n"
        "W1-V1,W1,W1-V1,audio/W1-V1.flac,210,120,80\n"
    )
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*fetal-hemo public"):
        open_rhythm_library(tmp_path)
    (tmp_path / "cohort.json").write_text('{"kind": "rhythm", "rate_hz": 2}')
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*4 Hz"):
        open_rhythm_library(tmp_path)
    (tmp_path / "cohort.json").write_text('{"kind": "rhythm", "rate_hz": 4}')
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*none of 1.*E-NOT-FOUND"):
        open_rhythm_library(tmp_path)


def test_a_handle_opens_the_same_library_once_and_no_other(beats_folder: Path) -> None:
    library = open_rhythm_library(beats_folder)
    handle = pickle.loads(pickle.dumps(library.at))
    assert len(pickle.dumps(handle)) < 1_000
    assert handle.open().digest == library.digest
    assert handle.open() is handle.open()
    (beats_folder / "beats_patient7.npy").unlink()
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*changed"):
        LibraryAt(str(beats_folder) + os.sep, library.digest).open()
