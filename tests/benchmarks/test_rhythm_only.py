"""Rhythm of labour: real records as windows, folds that never leak, rows that find effects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.labour import network
from benchmarks.labour.features import clinical_features
from benchmarks.labour.series import Record, read_records
from benchmarks.rhythm_only import BASELINE, ROWS, measure, out_of_fold
from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.recordings.folds import make_folds
from fetal_hemo.recordings.public import RhythmCohort, make_ctu_uhb, open_rhythm_cohort
from fetal_hemo.recordings.public.epochs import epoch_rates

WOMEN, WINDOWS = 60, 6


def record(number: int, positive: bool) -> Record:
    """Six minutes of a rate that swings twice as far, and slower, in a positive woman."""
    rng = np.random.default_rng(number)
    time_s = np.arange(WINDOWS * 240) / 4
    far, period = (8.0, 30.0) if positive else (4.0, 12.0)
    swing = far * np.sin(2 * np.pi * time_s / period + rng.uniform(0, 6))
    bpm = 140 + rng.normal(0, 5) + swing + rng.normal(0, 1, len(time_s))
    level = ((bpm - 140) / 20).reshape(WINDOWS, 240)
    windows = np.stack([level, np.ones_like(level)], axis=1).astype(np.float32)
    starts = torch.arange(WINDOWS) * 60.0
    return Record(f"W{number}", torch.from_numpy(windows), starts, epoch_rates(bpm, 4.0), 0.0)


@pytest.mark.parametrize("name", ROWS)
def test_every_row_finds_what_is_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "PRETRAIN_EPOCHS", 3)
    monkeypatch.setattr(network, "ENCODER_RATE", network.RATE)  # few women, few steps
    labels = np.arange(WOMEN) % 2
    records = [record(number, bool(label)) for number, label in enumerate(labels)]
    found = ROWS[name](records[:40], labels[:40], records[40:], 0)
    women = [one.woman for one in records[40:]]
    assert (clustered_auroc(found, labels[40:], women).value or 0.0) > 0.9


def test_nobody_is_scored_by_what_saw_her() -> None:
    labels = np.arange(WOMEN) % 2
    records = [record(number, False) for number in range(WOMEN)]
    folds = make_folds({one.woman: str(y) for one, y in zip(records, labels, strict=True)}, 5, 0)

    def row(
        train: Sequence[Record], told: np.ndarray, test: Sequence[Record], seed: int
    ) -> np.ndarray:
        assert not {one.woman for one in train} & {one.woman for one in test}
        assert (len(train), len(told)) == (48, 48)
        return np.array([float(one.woman[1:]) for one in test])

    found = out_of_fold(row, records, labels, folds, 0)
    for fold in range(5):
        inside = found[[folds.fold_of[one.woman] == fold for one in records]]
        assert (abs(inside.mean()), inside.std()) == pytest.approx((0.0, 1.0), abs=1e-9)


@pytest.fixture
def cohort(data_dir: Path, tmp_path: Path) -> RhythmCohort:
    """Forty real records."""
    some = tmp_path / "records"
    some.mkdir()
    for header in sorted((data_dir / "ctu-uhb").glob("*.hea"))[:40]:
        for path in (header, header.with_suffix(".dat")):
            (some / path.name).symlink_to(path)
    make_ctu_uhb(tmp_path / "cohort", some)
    return open_rhythm_cohort(tmp_path / "cohort")


def test_a_real_record_as_windows(cohort: RhythmCohort) -> None:
    for one in read_records(cohort):
        level, live = one.windows[:, 0], one.windows[:, 1]
        assert one.windows.shape[1:] == (2, 240)
        assert live.mean(dim=1).min() >= 0.5
        assert torch.all(level[live == 0] == 0)
        assert (one.start_s < 3_600).all()
        assert (one.start_s.diff() >= 60).all()
        assert len(clinical_features(one)) == 8


@pytest.mark.slow
def test_the_table_of_forty_women(cohort: RhythmCohort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "PRETRAIN_EPOCHS", 2)
    monkeypatch.setattr(network, "EPOCHS", 2)
    found = measure(cohort, [0])
    assert found["simulated"] is False
    assert "Chudacek" in str(found["attribution"])
    for label in found["labels"].values():
        assert set(label["rows"]) == set(ROWS)
        assert label["rows"][BASELINE]["minus_rhythm_logistic"]["value"] == 0.0
