"""The page of a checked cohort, and the verb that writes it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.cli import main
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.check import check_cohort
from fetal_hemo.recordings.cohort import outside
from fetal_hemo.recordings.recording import REQUIRED_COLUMNS
from fetal_hemo.report.check_report import write_check_report


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """24 women with 4 s each: a copy between two of them, a device that is the label, a gap."""
    folder = tmp_path / "cohort"
    (folder / "audio").mkdir(parents=True)
    rng = np.random.default_rng(0)
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*REQUIRED_COLUMNS, "bmi_kg_m2", "operator_id"])
        for i in range(24):
            sound = np.random.default_rng(max(i, 1)).standard_normal(16_000)
            soundfile.write(
                folder / "audio" / f"r{i}.flac", (0.05 + 0.05 * (i == 0)) * sound, 4_000
            )
            high = i < 8
            pressures = (150 + i, 95) if high else (100 + i, 60 + i)
            age, bmi = int(rng.integers(130, 280)), "" if i % 4 else 24
            operator = "night" if high else "day"
            writer.writerow(
                [f"r{i}", f"woman{i}", f"v{i}", f"audio/r{i}.flac", age, *pressures, bmi, operator]
            )
    return folder


def test_the_page_shows_what_was_found(cohort: Path, tmp_path: Path) -> None:
    path = write_check_report(check_cohort(cohort), tmp_path / "out")
    text = path.read_text(encoding="utf-8")
    assert text.index("Not ready: row 3: the same sound") < text.index("Find out whose the shared")
    assert "Find out whose the shared sound is" in text
    for words in (
        "operator_id goes with the label",
        "Blood pressures of 24 visits with the class thresholds",
        "Gestational age in weeks by class",
        "bmi_kg_m2 75%",
        "two participants",
        "design effect of repeat visits",
        "suspicious",
        "Hanley and McNeil",
    ):
        assert words in text, words
    assert text.count("<svg") == 4
    assert "woman3" not in text
    assert str(cohort) not in text


def test_the_page_is_small_and_loads_nothing(cohort: Path, tmp_path: Path) -> None:
    text = write_check_report(check_cohort(cohort), tmp_path / "out").read_text(encoding="utf-8")
    assert len(text.encode()) < 2 * 2**20
    assert "http" not in re.sub(r'http-equiv|xmlns[^ ]*="[^"]*"', "", text)
    assert "<script" not in text


def test_the_document_beside_it_is_the_report(cohort: Path, tmp_path: Path) -> None:
    report = check_cohort(cohort)
    write_check_report(report, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "check.json").read_text())
    assert document == json.loads(json.dumps(report.to_dict()))


@pytest.mark.parametrize("content", ["", "participant_id\n1\n"])
def test_a_cohort_that_cannot_be_read_has_a_page_too(tmp_path: Path, content: str) -> None:
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cohort" / "manifest.csv").write_text(content)
    path = write_check_report(check_cohort(tmp_path / "cohort"), tmp_path / "out")
    assert "Not ready: E-" in path.read_text(encoding="utf-8")


def test_a_cohort_without_readings_has_a_page(cohort: Path, tmp_path: Path) -> None:
    rows = (cohort / "manifest.csv").read_text()
    blank = re.sub(r"(\.flac,\d+),\d+,\d+,", r"\1,,,", rows)
    (cohort / "manifest.csv").write_text(blank)
    report = check_cohort(cohort)
    text = write_check_report(report, tmp_path / "out").read_text(encoding="utf-8")
    assert "0 women with a positive visit, at least 3 are needed" in text
    assert "too few visits to say" in text


def test_thousands_of_visits_stay_below_two_megabytes(cohort: Path, tmp_path: Path) -> None:
    report = check_cohort(cohort)
    row = report.rows[0].__dict__
    report.rows = [
        type(report.rows[0])(
            **{**row, "visit_id": f"v{i}", "sbp_mmhg": 90 + i % 60, "dbp_mmhg": 70}
        )
        for i in range(9_000)
    ]
    path = write_check_report(report, tmp_path / "out")
    assert path.stat().st_size < 2 * 2**20


def test_the_page_never_goes_into_the_cohort(cohort: Path, tmp_path: Path) -> None:
    assert outside(tmp_path / "out", cohort) == tmp_path / "out"
    for inside in (cohort, cohort / "audio", cohort / ".." / "cohort" / "new"):
        with pytest.raises(FetalHemoError) as error:
            outside(inside, cohort)
        assert error.value.code == "E-USAGE"


def test_the_verb_in_words(cohort: Path, tmp_path: Path, capsys) -> None:
    assert main(["check", str(cohort), "--out", str(tmp_path / "out")]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("defect: row 3: the same sound")
    assert [line[:7] for line in lines if line.startswith("next")][:1] == ["next 1:"]
    assert lines[-2].startswith("not ready: ")
    assert lines[-1] == f"report: {tmp_path / 'out' / 'check.html'}"
    assert (tmp_path / "out" / "check.json").exists()


def test_where_there_is_no_cohort_there_is_no_page(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    assert main(["check", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"E-NOT-FOUND: there is no manifest: {folder / 'manifest.csv'}; ")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_verb_as_json(cohort: Path, capsys) -> None:
    """A bad file is a defect of the document, never the end of the check."""
    broken = (cohort / "audio" / "r2.flac").read_bytes()[:-1_000]
    (cohort / "audio" / "r1.flac").write_bytes(broken)
    assert main(["check", str(cohort), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["ready"] is False
    assert document["defects"][0].startswith("row 3: E-")
    assert document["audio"]["readable"] == 23


def test_the_verb_refuses_to_write_into_the_cohort(cohort: Path, capsys) -> None:
    assert main(["check", str(cohort), "--out", str(cohort / "page")]) == 2
    assert capsys.readouterr().err.startswith("E-USAGE: --out lies in the cohort")
    assert not (cohort / "page").exists()
