"""CTU-UHB as a cohort: the counts of the real data, broken records, and interrupted runs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public import make_ctu_uhb, open_rhythm_cohort

pytest.importorskip("wfdb")


@pytest.fixture(scope="module")
def made(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ctu") / "cohort"
    make_ctu_uhb(out, data_dir / "ctu-uhb")
    return out


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "public", "ctu-uhb", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_counts_of_the_real_data(made: Path) -> None:
    cohort = open_rhythm_cohort(made)
    assert len(cohort.recordings) == 398
    assert len({r.participant_id for r in cohort.recordings}) == 398
    assert cohort.labels("hypertension_or_preeclampsia").sum() == 41
    assert cohort.labels("ph_le_7_05").sum() == 32
    weeks = {(r.gestational_age_days or 0) / 7 for r in cohort.recordings}
    assert weeks == {37, 38, 39, 40, 41, 42, 43}
    assert all(r.sbp_mmhg is None and r.maternal_age_years for r in cohort.recordings)


def test_series_and_rhythm_are_those_of_fetuses(made: Path) -> None:
    cohort = open_rhythm_cohort(made)
    rhythms = [cohort.rhythm(recording) for recording in cohort.recordings]
    means = np.array([rhythm.mean_bpm for rhythm in rhythms], dtype=float)
    assert 110 < np.median(means) < 160
    assert all((rhythm.short_term_variation_ms or 0) > 1 for rhythm in rhythms)
    first = cohort.recordings[0]
    assert len(cohort.series(first)) == first.n_samples
    assert len(cohort.epochs(first)) == len(cohort.series(first)) // 15


def test_folds_share_out_both_labels(made: Path) -> None:
    cohort = open_rhythm_cohort(made)
    for label in ("hypertension_or_preeclampsia", "ph_le_7_05"):
        positive = {r.participant_id for r in cohort.recordings if r.extra[label] == "1"}
        held = [len(positive & set(cohort.folds.test_women(fold))) for fold in range(5)]
        assert sum(held) == len(positive)
        assert max(held) - min(held) <= 2


def test_the_card_keeps_licence_and_attribution(made: Path) -> None:
    card = json.loads((made / "cohort.json").read_text())
    assert card["kind"] == "rhythm"
    assert card["simulated"] is False
    assert "ODC-By" in card["licence"]["name"]
    assert "Chudacek" in card["attribution"][0]


def test_a_series_is_read_by_numpy_alone(made: Path) -> None:
    bpm = np.load(made / "rhythm" / "1002.npy")
    assert bpm.dtype == np.float32
    assert np.isnan(bpm).any()
    assert np.nanmin(bpm) > 0


def test_bad_records_are_listed_and_passed_over(few: Path, tmp_path: Path) -> None:
    (few / "1003.dat").write_bytes((few / "1003.dat").read_bytes()[:1000])
    (few / "1004.dat").unlink()
    (few / "1005.hea").unlink()
    (few / "1006.hea").write_text("not a header\n")
    done = run("--from", few, "--out", tmp_path / "out", "--folds", 2, "--json")
    assert done.returncode == 7
    assert json.loads(done.stdout)["women"] == 2
    said = [line for line in done.stderr.splitlines() if line.startswith("passed over: E-")]
    assert len(said) == 4
    with (tmp_path / "out" / "passed_over.csv").open() as lines:
        listed = {row["record"]: row["why"].split(":")[0] for row in csv.DictReader(lines)}
    assert listed == {
        "1003": "E-DAMAGED",
        "1004": "E-NOT-FOUND",
        "1005": "E-NOT-FOUND",
        "1006": "E-DAMAGED",
    }
    assert len(open_rhythm_cohort(tmp_path / "out").recordings) == 2


def test_nothing_but_bad_records(few: Path, tmp_path: Path) -> None:
    for path in few.glob("*.dat"):
        path.unlink()
    done = run("--from", few, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (3, "")
    assert "E-COHORT: none of 6 records" in done.stderr
    assert not (tmp_path / "out" / "manifest.csv").exists()


def test_a_stopped_run_goes_on_to_the_same_bytes(few: Path, tmp_path: Path) -> None:
    make_ctu_uhb(tmp_path / "whole", few, k=2)

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_ctu_uhb(tmp_path / "out", few, k=2, progress=stop)
    assert not (tmp_path / "out" / "manifest.csv").exists()
    written = (tmp_path / "out" / "rhythm" / "1002.npy").stat().st_mtime_ns
    (tmp_path / "out" / "rhythm" / "1003.npy").write_bytes(b"torn")
    make_ctu_uhb(tmp_path / "out", few, k=2)
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert (tmp_path / "out" / "rhythm" / "1002.npy").stat().st_mtime_ns == written


def test_a_place_that_is_taken(few: Path, tmp_path: Path) -> None:
    make_ctu_uhb(tmp_path / "out", few, k=2)
    with pytest.raises(FetalHemoError, match="E-COHORT: the folder holds another cohort"):
        make_ctu_uhb(tmp_path / "out", few, k=3)
    with pytest.raises(FetalHemoError, match="E-COHORT: the place is taken"):
        make_ctu_uhb(few, few, k=2)


def test_a_changed_or_missing_series_is_noticed(few: Path, tmp_path: Path) -> None:
    make_ctu_uhb(tmp_path / "out", few, k=2)
    cohort = open_rhythm_cohort(tmp_path / "out")
    first, second, *_ = cohort.recordings
    shutil.copy(tmp_path / "out" / second.path, tmp_path / "out" / first.path)
    with pytest.raises(FetalHemoError, match="E-COHORT: not the series"):
        cohort.series(first)
    os.unlink(tmp_path / "out" / second.path)
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        cohort.series(second)
    with pytest.raises(FetalHemoError, match="E-COHORT: no label"):
        cohort.labels("sex")


def test_another_kind_of_cohort_is_refused(few: Path, tmp_path: Path) -> None:
    make_ctu_uhb(tmp_path / "out", few, k=2)
    (tmp_path / "out" / "cohort.json").write_text('{"simulated": true}')
    with pytest.raises(FetalHemoError, match="E-COHORT: not the card"):
        open_rhythm_cohort(tmp_path / "out")
