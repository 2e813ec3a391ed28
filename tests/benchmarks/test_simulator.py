"""The simulator's benchmark: each measure against a known answer, then the whole as called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.realism.beat_series import beat_variation, heard_with_error, hearing_error_ms
from benchmarks.realism.ctg_series import as_ctg, ctg_variation
from benchmarks.realism.discriminator import discriminator
from benchmarks.realism.features import NARROW_EDGES_HZ, features
from benchmarks.realism.held_out import held_out_aurocs, interval
from benchmarks.realism.one_kilohertz import through_one_kilohertz
from benchmarks.realism.real_sound import clip
from benchmarks.realism.simulated import simulated_windows
from benchmarks.realism.sound_measures import sound_measures
from benchmarks.realism.variation import sample_entropy, spectral_slope

PROJECT = Path(__file__).resolve().parents[2]
TIME_S = np.arange(15_000) / 4_000


def swelling(bpm: float, seed: int = 0) -> np.ndarray:
    """Windows `(1, 15000)` of noise that swells at a rate."""
    noise = np.random.default_rng(seed).normal(size=TIME_S.size)
    loud = 0.1 + np.clip(np.sin(2 * np.pi * bpm / 60 * TIME_S), 0, None) ** 2
    return (noise * loud)[None]


@pytest.mark.parametrize(
    ("name", "table"),
    [  # lineage section 4.3: f05, f50, f95, below 100 Hz, depth, autocorrelation
        ("quality_good", (178, 320, 789, 0.1, 16, 0.71)),
        ("quality_poor", (229, 342, 762, 0.2, 8, 0.50)),
        ("autofhr_1", (199, 288, 665, 0.3, 19, 0.74)),
    ],
)
def test_real_clips_measure_as_published(
    data_dir: Path, name: str, table: tuple[float, ...]
) -> None:
    found = sound_measures(clip(data_dir / "doppler", name))
    here = [float(values[0]) for values in found.values()][: len(table)]
    assert here[:3] == pytest.approx(table[:3], rel=0.06)  # they had 5.5 kHz, we have 2
    assert here[3:] == pytest.approx(table[3:], rel=0.05, abs=0.6)
    assert here[5] == pytest.approx(table[5], abs=0.03)


def test_spectrum_of_two_tones() -> None:
    tones = np.sin(2 * np.pi * 80 * TIME_S) + 3 * np.sin(2 * np.pi * 300 * TIME_S)
    found = sound_measures(tones[None])
    assert found["percent_below_100_hz"][0] == pytest.approx(10, abs=0.1)
    assert found["f05_hz"][0] == pytest.approx(80, abs=1)
    assert found["f50_hz"][0] == pytest.approx(300, abs=1)


def test_beats_of_one_size_vary_less_than_beats_of_two() -> None:
    one = swelling(140.0)
    two = one * np.where(np.sin(2 * np.pi * 70 / 60 * TIME_S) > 0, 1.0, 3.0)
    low, high = (sound_measures(each)["beat_peak_variation"][0] for each in (one, two))
    assert low < 0.25
    assert high == pytest.approx(0.5, abs=0.15)  # of values 1 and 3: SD 1, mean 2


def test_sample_entropy_is_that_of_its_definition() -> None:
    series = np.random.default_rng(1).normal(size=300)
    reach, counts = 0.2 * series.std(), []
    for size in (2, 3):
        parts = np.array([series[at : at + size] for at in range(298)])
        apart = np.abs(parts[:, None] - parts[None]).max(axis=2)
        counts.append((apart <= reach).sum() - 298)
    assert sample_entropy(series) == pytest.approx(np.log(counts[0] / counts[1]))


def test_spectral_slope_of_coloured_noise() -> None:
    white = np.random.default_rng(2).normal(size=40_000)
    assert spectral_slope(white, 4.0) == pytest.approx(0.0, abs=0.15)
    assert spectral_slope(np.cumsum(white), 4.0) == pytest.approx(-2.0, abs=0.15)


def test_variation_of_known_beats() -> None:
    intervals = np.tile([0.40, 0.44], 220)
    found = beat_variation(np.cumsum(intervals), 180.0)
    assert found is not None
    assert found.rmssd_ms == pytest.approx(40.0)
    assert found.sdnn_ms == pytest.approx(20.0, abs=0.01)
    lost = np.cumsum(np.tile([0.40, 0.44], 150))  # 126 s of 180
    assert beat_variation(lost, 180.0) is None


def test_error_of_hearing_is_found_from_the_beats_alone() -> None:
    rng = np.random.default_rng(3)
    intervals = 0.42 + 0.02 * np.sin(np.arange(20_000) / 40)
    true = np.cumsum(intervals)
    assert hearing_error_ms(true) < 1.0
    assert hearing_error_ms(heard_with_error(true, 12.0, rng)) == pytest.approx(12.0, abs=1.0)


def test_a_ctg_device_prints_a_steady_rate_and_smooths_steps() -> None:
    steady = as_ctg(np.arange(0, 60, 60 / 140.0), 60.0)
    assert steady.shape == (240,)
    assert np.all(steady == 140.0)
    beats = np.cumsum(np.tile([0.40, 0.44], 800))
    alternating, lost = ctg_variation(as_ctg(beats, 600.0)), np.full(2_400, 140.0)
    assert alternating.rmssd_ms < 5.0  # beat by beat it is 40
    lost[:1_000] = np.nan
    assert ctg_variation(lost + np.linspace(0, 5, 2_400)).sdnn_ms > 0


def recordings_apart(shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of 6 real and 24 simulated recordings, each far from all others."""
    rng = np.random.default_rng(4)
    recording = np.repeat([f"r{at}" for at in range(30)], 10)
    real = np.repeat(np.arange(30) < 6, 10)
    own = np.repeat(rng.normal(size=(30, 20)), 10, axis=0)
    return own + 0.1 * rng.normal(size=(300, 20)) + shift * real[:, None], real, recording


def test_discriminator_never_learns_from_the_recording_it_judges() -> None:
    nothing = held_out_aurocs(*recordings_apart(0.0))
    assert nothing.shape == (6, 24)
    assert 0.25 < nothing.mean() < 0.75  # had it met them: 1
    clear = held_out_aurocs(*recordings_apart(2.0))
    low, high = interval(clear)
    assert 0.9 < low <= clear.mean() <= high <= 1.0


def test_features_know_no_level_and_one_kilohertz_has_no_high_pitch() -> None:
    window = swelling(140.0)
    plain, loud = (features(each, NARROW_EDGES_HZ) for each in (window, 0.01 * window))
    assert 25 <= len(plain) <= 40
    for name, values in plain.items():
        assert values == pytest.approx(loud[name], abs=1e-6), name
    slow = through_one_kilohertz(window[0], 0.5)
    assert slow.shape == (1, 15_000)
    power = np.abs(np.fft.rfft(slow[0])) ** 2
    assert power[int(520 * 3.75) :].sum() < 1e-3 * power.sum()


def test_discriminator_reports_what_gives_the_simulator_away(data_dir: Path) -> None:
    found = discriminator(simulated_windows(4, 1.0), data_dir / "doppler")
    told = found["all_recordings"]
    assert told["real_recordings"] == 3
    assert told["low"] <= told["auroc"] <= told["high"]
    assert set(found["features"]["largest_weights"]) <= set(found["features"]["all"])
    assert set(found["clips_at_full_rate"]) == {"quality_good", "autofhr_1"}


def test_benchmark_prints_one_document_and_says_what_is_not_there(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "benchmarks.simulator", "--json")
    done = subprocess.run(
        [*command, "--recordings", "2", "--minutes", "0.5"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "FETAL_HEMO_DATA": str(tmp_path)},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["simulated"] is True
    assert found["real_time_factor"] > 1
    assert found["cohort_real_time_factor"] > 1
    assert found["discriminator"]["real"] == found["realism"]["sound"]["real"] == "not there"
    for table in found["realism"]["rhythm"].values():
        assert table["stretches_real"] == "not there"
        assert table["measures"]["stv_ms"]["simulated"]["q50"] > 1
    assert 0.5 < found["published_method"]["good"]["value"] <= 1.0
