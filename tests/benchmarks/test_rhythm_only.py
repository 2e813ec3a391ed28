"""Rhythm of labour: real records as windows, folds that never leak, rows that find effects."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.labour import network
from benchmarks.labour.draws import padded
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


def test_pretraining_changes_weights_and_sees_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """What two labellings are trained from is the same, and not what they were drawn as."""
    monkeypatch.setattr(network, "PRETRAIN_EPOCHS", 2)
    monkeypatch.setattr(network, "EPOCHS", 0)  # classifies with what pretraining left
    records = [record(number, bool(number % 2)) for number in range(12)]
    started = []
    fit = network.fit

    def watched(net: network.RhythmNetwork, *rest: object) -> None:
        started.append(deepcopy(net.state_dict()))
        fit(net, *rest)

    monkeypatch.setattr(network, "fit", watched)
    labels = np.arange(12) % 2
    scores = [network.pretrained(records, told, records, 0) for told in (labels, 1 - labels)]
    scratch = network.from_scratch(records, labels, records, 0)
    pretrained, again, drawn = started
    assert all(torch.equal(value, again[name]) for name, value in pretrained.items())
    for part in ("window", "recording"):
        weights = [n for n in drawn if n.startswith(part) and n.endswith("weight")]
        assert any(not torch.equal(pretrained[name], drawn[name]) for name in weights)
    assert np.array_equal(scores[0], scores[1])
    assert not np.allclose(scores[0], scratch)


def by_number(
    train: Sequence[Record], told: np.ndarray, scored: Sequence[Record], seed: int
) -> np.ndarray:
    """A row that learns nothing: the woman's number."""
    return np.array([float(one.woman[1:]) for one in scored])


def test_nobody_is_scored_by_what_saw_her() -> None:
    labels = np.arange(WOMEN) % 2
    records = [record(number, False) for number in range(WOMEN)]
    folds = make_folds({one.woman: str(y) for one, y in zip(records, labels, strict=True)}, 5, 0)

    def row(
        train: Sequence[Record], told: np.ndarray, scored: Sequence[Record], seed: int
    ) -> np.ndarray:
        known, tested = scored[: len(train)], scored[len(train) :]
        assert list(known) == list(train)
        assert not {one.woman for one in train} & {one.woman for one in tested}
        assert (len(train), len(told), len(tested)) == (48, 48, 12)
        return by_number(train, told, scored, seed)

    found = out_of_fold(row, records, labels, folds, 0)
    fold_of = np.array([folds.fold_of[one.woman] for one in records])
    numbers = np.arange(WOMEN)
    for fold in range(5):
        known = numbers[fold_of != fold]
        expected = (numbers[fold_of == fold] - known.mean()) / known.std()
        np.testing.assert_allclose(found[fold_of == fold], expected)


def test_no_tested_woman_changes_what_another_is_measured_by() -> None:
    """In the fold of the first woman the scores of the others stay, whatever hers is."""
    labels = np.arange(WOMEN) % 2
    records = [record(number, False) for number in range(WOMEN)]
    folds = make_folds({one.woman: str(y) for one, y in zip(records, labels, strict=True)}, 5, 0)
    found = out_of_fold(by_number, records, labels, folds, 0)
    fold_of = np.array([folds.fold_of[one.woman] for one in records])
    fellows = fold_of == fold_of[0]
    fellows[0] = False
    far = [replace(records[0], woman="W1000000"), *records[1:]]
    moved = replace(folds, fold_of={**folds.fold_of, "W1000000": fold_of[0]})
    other = out_of_fold(by_number, far, labels, moved, 0)
    assert other[0] > 1_000
    np.testing.assert_array_equal(other[fellows], found[fellows])


def test_what_fills_a_batch_up_changes_nothing() -> None:
    """In training, where windows are normalised together, as in scoring."""
    torch.manual_seed(0)
    net = network.RhythmNetwork()
    long, short = record(0, False), record(1, True)
    drawn = [(long.windows, long.start_s), (short.windows[:2], short.start_s[:2])]
    found = {}
    for fill in (0.0, 100.0):
        windows, start_s, mask = padded(drawn)
        windows[mask == 0] = fill
        copy = deepcopy(net).train()
        found[fill] = copy(windows, start_s, mask)[0]
        seen = torch.cat([one for one, _ in drawn])
        alone = deepcopy(net).train()
        alone.window(seen)
        for name, value in alone.window.state_dict().items():
            assert torch.equal(copy.window.state_dict()[name], value)
    assert torch.equal(found[0.0], found[100.0])


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
