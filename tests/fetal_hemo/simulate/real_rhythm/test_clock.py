"""A clock from life against the series it came from, read here without the project's readers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public.epochs import epoch_rates
from fetal_hemo.simulate.real_rhythm import Series, Stretch, choose_stretch, real_clock
from fetal_hemo.simulate.rhythm import STATES, BeatClock
from firmware_bridge.variability import long_term_variation_ms, short_term_variation_ms

SECONDS = 600.0
VARIATIONS = (short_term_variation_ms, long_term_variation_ms)


def raw(path: Path) -> np.ndarray:
    """Heart rate at 4 Hz of a record: 16-bit pairs of rate and pressure, hundredths of bpm."""
    bpm = np.fromfile(path, dtype="<i2")[::2] / 100.0
    return np.where(bpm > 0, bpm, np.nan).astype(np.float32)


class Lent(NamedTuple):
    """Ten minutes of a record: as the source has them, what is believed of that, the clock."""

    raw: np.ndarray
    believed: np.ndarray
    clock: BeatClock


@pytest.fixture(scope="module")
def lent(records: Path) -> list[Lent]:
    """Ten minutes of each record that has them."""
    found = []
    for number, path in enumerate(sorted(records.glob("*.dat"))):
        series, rng = Series("rate", raw(path)), np.random.default_rng(number)
        try:
            stretch = choose_stretch(series, SECONDS, rng)
        except FetalHemoError:
            continue
        part = slice(round(4 * stretch.start_s), round(4 * (stretch.start_s + SECONDS)))
        clock = real_clock(series, stretch, rng)
        found.append(Lent(series.values[part], series.bpm()[part], clock))
    assert len(found) >= 30
    return found


def epochs(bpm: np.ndarray) -> np.ndarray:
    return epoch_rates(bpm, 4.0)


def clock_epochs(clock: BeatClock) -> np.ndarray:
    return np.array([clock.rate_bpm(float(start)) for start in np.arange(0, SECONDS, 3.75)])


def test_beats_cover_the_recording_with_one_more_on_each_side(lent: list[Lent]) -> None:
    for _, _, clock in lent:
        assert clock.q_s[0] < 0.0 <= clock.q_s[1]
        assert clock.q_s[-2] <= SECONDS < clock.q_s[-1]
        intervals = np.diff(clock.q_s)
        assert intervals.min() > 60 / 210 - 0.015  # five deviations of the jitter of two beats
        assert intervals.max() < 60 / 50 + 0.015
        assert {STATES[index] for index in clock.state} == {"other"}
        assert len(clock.state) == len(clock.q_s)


def test_rates_at_4_hz_are_those_of_the_source(lent: list[Lent]) -> None:
    """Two beats' jitter of 2 ms is 0.9 bpm at 140 bpm; the rest is a change within a beat."""
    middle = (np.arange(round(4 * SECONDS)) + 0.5) / 4
    errors, believed = [], []
    for source, sure, clock in lent:
        beat = np.searchsorted(clock.q_s, middle, side="right") - 1
        errors.append(60.0 / np.diff(clock.q_s)[beat] - source)
        believed.append(np.isfinite(sure))
    error, flags = np.concatenate(errors), np.concatenate(believed)
    known = np.isfinite(error)
    assert known.sum() > 0.9 * len(lent) * len(middle)
    assert flags.sum() > 0.995 * known.sum()
    assert np.median(np.abs(error[known])) < 1.0
    assert np.percentile(np.abs(error[known]), 95) < 3.0
    assert np.sqrt(np.mean(error[flags] ** 2)) < 2.0
    assert abs(error[flags].mean()) < 0.05


def test_epochs_and_variation_are_those_of_the_source(lent: list[Lent]) -> None:
    ratios, with_artefacts = [], []
    for source, sure, clock in lent:
        whole = np.isfinite(sure).reshape(-1, 15).all(axis=1)
        known, bpm = (np.where(whole, x, np.nan) for x in (clock_epochs(clock), epochs(sure)))
        assert np.nanmedian(np.abs(known - bpm)) < 0.25
        ratios.append([f(known) / f(bpm) for f in VARIATIONS])
        both = np.where(np.isfinite(epochs(source)), clock_epochs(clock), np.nan)
        with_artefacts.append([f(both) / f(epochs(source)) for f in VARIATIONS])
    np.testing.assert_allclose(np.median(ratios, axis=0), 1.0, atol=0.015)
    np.testing.assert_allclose(ratios, 1.0, atol=0.05)
    # A source's false rates and fragments of epochs count as variation there, and not here.
    np.testing.assert_allclose(np.median(with_artefacts, axis=0), 1.0, atol=0.025)
    assert np.max(with_artefacts) < 1.10


def test_true_beats_come_back_beat_for_beat(beats: np.ndarray) -> None:
    series = Series("beats", beats)
    for seed in range(5):
        stretch = choose_stretch(series, SECONDS, np.random.default_rng(seed))
        clock = real_clock(series, stretch, np.random.default_rng(seed))
        mine = clock.q_s + stretch.start_s + beats[0]
        inside = beats[(beats >= mine[0] - 1e-9) & (beats <= mine[-1] + 1e-9)]
        nearest = np.abs(mine[:, None] - inside[None]).min(axis=1)
        assert np.mean(nearest < 1e-9) > 0.85  # the others bridge
        # In the middle of six intervals that differ by less than 10 % every beat is as it was.
        six = np.lib.stride_tricks.sliding_window_view(np.diff(inside), 6)
        sure = inside[np.flatnonzero(np.ptp(six, axis=1) < 0.1 * six.mean(axis=1)) + 3]
        assert len(sure) > 200
        assert np.abs(sure[:, None] - mine[None]).min(axis=1).max() < 1e-9
        assert np.diff(mine).min() > 0.28
        assert np.diff(mine).max() < 0.75


def test_a_flawless_series_of_beats_is_not_touched() -> None:
    rng = np.random.default_rng(1)
    beats = 11.0 + np.cumsum(rng.normal(0.43, 0.01, 700))
    clock = real_clock(Series("beats", beats), Stretch(20.0, 120.0, 0.0), rng)
    start = beats[0] + 20.0
    first, stop = np.searchsorted(beats, [start, start + 120.0])
    np.testing.assert_allclose(clock.q_s + start, beats[first - 1 : stop + 1], atol=1e-9)


@pytest.mark.parametrize("kind", ["rate", "beats"])
def test_the_ends_of_a_series_are_usable(kind: str) -> None:
    values = np.full(480, 150.0, np.float32) if kind == "rate" else 0.4 * np.arange(301.0)
    clock = real_clock(Series(kind, values), Stretch(0.0, 120.0, 0.0), np.random.default_rng(0))
    assert clock.q_s[0] < 0 <= clock.q_s[1]
    assert clock.q_s[-2] <= 120.0 < clock.q_s[-1]
    assert np.diff(clock.q_s) == pytest.approx(0.4, abs=0.015)


def test_the_same_generator_gives_the_same_beats(records: Path) -> None:
    series = Series("rate", raw(sorted(records.glob("*.dat"))[0]))
    made = []
    for seed in (1, 1, 2):
        rng = np.random.default_rng(seed)
        made.append(real_clock(series, choose_stretch(series, 60.0, rng), rng).q_s)
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0][:50], made[2][:50])
