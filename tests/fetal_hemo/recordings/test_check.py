"""Checking a cohort: ready, or every reason why not, without ever stopping early."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.check import check_cohort
from fetal_hemo.recordings.check_report import CheckReport
from fetal_hemo.recordings.splits import Splits, write_splits

VERDICT = "ready to train with 2 warnings: 15 women, 15 visits, 5 women with a positive visit"
PRESSURES = [(150, 95)] * 4 + [(165, 100)] + [(110, 70)] * 6 + [(125, 82)] * 2 + [("", "")] * 2


def check(folder: Path) -> CheckReport:
    return check_cohort(folder)


def test_a_sound_cohort_is_ready_and_counted(make_cohort) -> None:
    report = check(make_cohort(PRESSURES))
    assert report.ready
    assert report.verdict == VERDICT
    assert report.state == report.to_dict()["state"] == "ready with warnings"
    assert report.defects == []
    assert report.counts.classes == {
        "normal": {"visits": 6, "women": 6},
        "elevated": {"visits": 2, "women": 2},
        "hypertensive": {"visits": 4, "women": 4},
        "severe": {"visits": 1, "women": 1},
    }
    assert (report.positive_women, report.negative_women, len(report.counts.labelled)) == (5, 8, 13)
    assert report.missing["sbp_mmhg"] == pytest.approx(2 / 15)
    assert report.missing["bmi_kg_m2"] == 1.0
    assert report.ranges["sbp_mmhg"] == (110, 165)
    assert report.audio.readable == 15
    assert report.audio.seconds == pytest.approx(60.0)
    assert report.warnings[0].startswith("an AUROC of 0.80 would be known to within 0.5")
    assert report.warnings[1].startswith("the shortest recording lasts 4.0 s, 15 last less than")
    assert [step.split()[0] for step in report.next_steps] == ["Record", "Plan"]


def test_of_several_channels_only_the_first_is_compared(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    path = next(folder.rglob("*.flac"))
    samples, rate = soundfile.read(path)
    soundfile.write(path, np.stack([samples, samples[::-1]], axis=1), rate)
    report = check(folder)
    assert report.ready
    assert [w for w in report.warnings if "2 channels, of which only the first is compared" in w]
    assert any(step.startswith("Ingest") for step in report.next_steps)


def test_the_report_is_json_and_says_simulated(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    (folder / "cohort.json").write_text('{"simulated": true}')
    document = json.loads(json.dumps(check(folder).to_dict(), allow_nan=False))
    assert document["simulated"] is True
    assert "simulated women" in document["verdict"]
    assert (
        document["data_sha256"]
        == hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()
    )


def test_progress_counts_every_file(make_cohort) -> None:
    seen: list[tuple[int, int]] = []
    folder = make_cohort(PRESSURES[:7])
    check_cohort(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 7) for i in range(1, 8)]


def test_every_bad_file_is_listed_by_its_row(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    audio = folder / "audio"
    (audio / "r0.flac").unlink()
    (audio / "r1.flac").write_text("no audio")
    (audio / "r2.flac").write_bytes((audio / "r5.flac").read_bytes()[:5_000])
    (audio / "r3.flac").write_bytes(b"")
    soundfile.write(audio / "r4.flac", [0.0] * 16_000, 4_000)
    (audio / "r6.flac").write_bytes((audio / "r5.flac").read_bytes())
    report = check(folder)
    for start in (
        "row 2: E-NOT-FOUND",
        "row 3: E-NOT-AUDIO",
        "row 4: E-",
        "row 5: E-EMPTY",
        "row 6: E-CONSTANT",
        "row 8: the same audio as row 7",
    ):
        assert any(line.startswith(start) for line in report.defects), start
    assert len(report.defects) == 6
    assert report.audio.readable == 10
    assert report.verdict.startswith("not ready: row 2: E-NOT-FOUND")
    assert report.verdict.endswith("(and 5 more)")


def test_audio_that_is_not_what_the_manifest_says_is_listed(make_cohort) -> None:
    folder = make_cohort(
        PRESSURES,
        sha256=["0" * 64] + [""] * 14,
        n_samples=["", 15_000, 16_000] + [""] * 12,
        sample_rate_hz=["", "", "", 8_000] + [""] * 11,
    )
    assert check(folder).defects == [
        "row 2: the audio is not the one whose sha256 was recorded",
        "row 3: lasts 4.00 s, the manifest's n_samples say 3.75",
        "row 5: sampled at 4000 Hz, the manifest says 8000",
    ]


def test_all_manifest_defects_are_listed_and_nothing_is_raised(make_cohort) -> None:
    folder = make_cohort([(400, 70), (110, 300), *PRESSURES])
    report = check(folder)
    assert [line.split(": ")[1] for line in report.defects] == [
        "row 2, column sbp_mmhg",
        "row 3, column dbp_mmhg",
    ]
    assert report.to_dict()["audio"]["shortest_s"] is None


def test_where_there_is_no_manifest_there_is_nothing_to_report_on(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "manifest.csv").write_bytes(b"PK\x03\x04 a spreadsheet")
    for name, said in (
        ("nowhere", "E-NOT-FOUND: there is no such folder: {}; a cohort is a folder with"),
        (".", "E-NOT-FOUND: there is no manifest: {}/manifest.csv; a cohort is a folder with"),
        ("notes.txt", "E-COHORT: is a file, not a folder: {}; a cohort is a folder with"),
        ("table", "E-MANIFEST: is a spreadsheet, not a table of text: {}/manifest.csv; save it"),
    ):
        with pytest.raises(FetalHemoError) as refused:
            check(tmp_path / name)
        assert refused.value.line().startswith(said.format(tmp_path / name))


def test_a_broken_card_is_a_defect(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    (folder / "cohort.json").write_text("{")
    assert [line[:9] for line in check(folder).defects] == ["E-COHORT:"]


@pytest.mark.parametrize(
    ("pressures", "word"), [([(110, 70)] * 9, "with a"), ([(150, 95)] * 9, "without a")]
)
def test_too_few_women_of_a_kind_are_a_defect(make_cohort, pressures, word: str) -> None:
    report = check(make_cohort(pressures))
    assert report.defects == [f"0 women {word} positive visit, at least 3 are needed"]


def test_a_device_that_gives_the_label_away_is_a_warning(make_cohort) -> None:
    pressures = [(150, 95)] * 8 + [(110, 70)] * 12
    devices = ["A"] * 8 + ["B"] * 12
    report = check(make_cohort(pressures, device_id=devices, site_id=["S"] * 20))
    assert any("device_id goes with the label (Cramer's V 1.00)" in w for w in report.warnings)
    assert [found.name for found in report.shortcuts if found.suspicious] == ["device_id"]
    assert "Balance or stratify" in " ".join(report.next_steps)
    assert report.ready


def test_a_visit_with_two_readings_is_a_warning(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    manifest = folder / "manifest.csv"
    manifest.write_text(
        manifest.read_text()
        .replace("w1,v1,", "w0,v0,")
        .replace("v0,audio/r1.flac,200,150,95", "v0,audio/r1.flac,200,110,70")
    )
    assert "1 visits have several blood pressures" in check(folder).warnings


def rewrite(folder: Path, old: str, new: str) -> None:
    """One change in the manifest."""
    text = (folder / "manifest.csv").read_text()
    assert old in text
    (folder / "manifest.csv").write_text(text.replace(old, new, 1))


def test_a_column_in_weeks_is_one_defect_and_not_one_a_row(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    text = (folder / "manifest.csv").read_text().replace(",200,", ",28.5,")
    (folder / "manifest.csv").write_text(text)
    report = check(folder)
    assert report.defects == [
        "column gestational_age_days: median 28.5 looks like weeks: multiply by 7"
    ]
    assert report.next_steps[0].startswith("Convert the named columns")
    rewrite(folder, "w14", "")
    assert len(check(folder).defects) == 2


def test_no_page_or_document_names_a_folder_or_a_woman(make_cohort) -> None:
    folder = make_cohort([*PRESSURES, (400, 70)], device_id=["D"] * 16)
    document = json.dumps(check(folder).to_dict())
    assert str(folder) not in document
    (folder / "cohort.json").write_text("{")
    rewrite(folder, "400", "140")
    (folder / "audio" / "r3.flac").unlink()
    document = json.dumps(check(folder).to_dict())
    assert str(folder) not in document
    assert '"w3"' not in document


def test_copies_across_women_visits_and_folds(make_cohort, tmp_path: Path) -> None:
    folder = make_cohort(PRESSURES)
    for name, source, gain in (("r1", "r0", -0.5), ("r4", "r3", 1.0), ("r6", "r5", 0.9)):
        x, rate = soundfile.read(folder / "audio" / f"{source}.flac")
        soundfile.write(folder / "audio" / f"{name}.flac", gain * x, rate)
    rewrite(folder, "w4,v4,", "w3,v3,")
    rewrite(folder, "w6,v6,", "w5,v6,")
    women = [f"w{i}" for i in range(15) if i not in (4, 6)]
    folds = dict.fromkeys(women, "train") | {"w1": "test", "w9": "test"}
    split = tmp_path / "splits.json"
    write_splits(Splits(folds | {"w2": "validation", "w8": "validation"}, 0), split)
    report = check_cohort(folder, splits=split)
    assert report.defects == [
        "row 3: the same sound (4.0 s in common, -6.0 dB, inverted) as row 2, of another "
        "participant and in another fold (test, train)",
        "row 8: the same sound (4.0 s in common, -0.9 dB) as row 7, at another visit of the woman",
    ]
    assert "row 6: the same audio as row 5, of the same visit" in report.warnings
    document = report.to_dict()
    assert [pair["relation"] for pair in document["shared_audio"]] == ["visit", "women", "woman"]
    assert document["shared_audio"][1]["difference"]["inverted"] is True
    assert document["split"]["test"]["women"] == 2


def test_a_broken_split_is_a_defect(make_cohort, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}")
    report = check_cohort(make_cohort(PRESSURES), splits=tmp_path / "s.json")
    assert [line[:8] for line in report.defects] == ["E-SPLIT:"]
    assert report.next_steps[0].startswith("Make the split again")


def test_several_processes_find_the_same(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    (folder / "audio" / "r2.flac").write_bytes(b"")
    alone, together = check_cohort(folder, jobs=1), check_cohort(folder, jobs=2)
    assert alone.to_dict() == together.to_dict()
    assert alone.defects == ["row 4: E-EMPTY: the file is empty"]


def test_the_cohort_is_not_changed(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    before = {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}
    check(folder)
    assert {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))} == before


def test_an_ingested_cohort_vouches_for_its_audio(make_cohort) -> None:
    folder = make_cohort(PRESSURES)
    (folder / "ingest.json").write_text("{}")  # says: ingested; then each recording has a sidecar
    report = check(folder)
    assert "row 2: the sidecar cannot be read" in report.defects
    assert any(line.startswith("ingest.json is damaged") for line in report.defects)
    assert report.next_steps[0].startswith("Restore the named audio")
