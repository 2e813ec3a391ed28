"""What a stranger gets out of a truth file with `json` and numpy, by docs/simulator.md alone.

`Reader` uses nothing of the project: it states again what the page says about the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from fetal_hemo.simulate.card import Parameters
from fetal_hemo.simulate.files import make_recording

Array = NDArray[np.float64]
RECORDINGS = 6


class Reader:
    """Beats and intervals of a truth file."""

    def __init__(self, path: Path) -> None:
        self.truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.q_s = np.array(self.truth["beats_s"])
        self.rr_s = np.diff(self.q_s, prepend=2 * self.q_s[0] - self.q_s[1])
        self.ms = {name: np.array(v) for name, v in self.truth["intervals_ms"].items()}

    def at_mean_rate(self, name: str) -> Array:
        """An interval (ms) of every beat without what the length of its cycle does to it."""
        weeks = self.truth["fetus"]["weeks"]
        usual_s = 60.0 / np.interp(weeks, [24, 32, 40], [144.0, 137.5, 131.0])
        return self.ms[name] / np.clip((self.rr_s / usual_s) ** 0.7, 0.75, 1.25)

    def power_at(self, sound: Array, rate_hz: int, start_s: Array, stop_s: Array) -> Array:
        """Mean power of the sound from `start_s` to `stop_s` of each beat inside it."""
        total = np.concatenate([[0.0], np.cumsum(sound * sound)])
        inside = (start_s >= 0) & (stop_s < len(sound) / rate_hz) & self.in_good_windows()
        first, last = (np.round(t[inside] * rate_hz).astype(int) for t in (start_s, stop_s))
        long = last > first  # the shortest contractions hold no sample between their clicks
        return (total[last] - total[first])[long] / (last - first)[long]

    def in_good_windows(self) -> NDArray[np.bool_]:
        """Beats that lie in a good window with their neighbours."""
        windows = self.truth["windows"]
        good = np.array([*(w["quality"] == "good" for w in windows), False])
        around = [np.clip((self.q_s + lag) // 3.75, 0, len(good) - 1) for lag in (-0.3, 0.6)]
        return good[around[0].astype(int)] & good[around[1].astype(int)]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    for woman in range(RECORDINGS):
        make_recording(folder, Parameters(RECORDINGS, 23, 1.0, 1.0, 0.3), woman, 0)
    return folder


@pytest.fixture(scope="module")
def readers(cohort: Path) -> list[Reader]:
    return [Reader(path) for path in sorted((cohort / "truth").glob("*.json"))]


def test_beats_and_rates_agree(readers: list[Reader]) -> None:
    assert len(readers) == RECORDINGS
    for reader in readers:
        assert (reader.rr_s > 0.25).all()
        assert (reader.rr_s < 0.8).all()
        count = np.arange(len(reader.q_s))
        for window in reader.truth["windows"]:
            start = window["start_s"]
            first, last = np.interp([start, start + 3.75], reader.q_s, count)
            assert 16 * (last - first) == pytest.approx(window["heart_rate_bpm"], abs=0.1)


@pytest.mark.parametrize("name", ["emd", "ict", "et", "irt"])
def test_intervals_are_those_of_the_fetus_at_its_usual_rate(
    readers: list[Reader], name: str
) -> None:
    for reader in readers:
        told = reader.truth["fetus"][f"{name}_ms"]
        assert reader.at_mean_rate(name).mean() == pytest.approx(told, abs=1.0)


def test_performance_index_and_pre_ejection_period_are_those_of_living_fetuses(
    readers: list[Reader],
) -> None:
    for reader in readers:
        ms = reader.ms
        index = (ms["ict"] + ms["irt"]) / ms["et"]
        assert 0.25 < index.mean() < 0.60  # 0.42 +- 0.10 (102 fetuses, lineage 4.4)
        assert 50 < (ms["emd"] + ms["ict"]).mean() < 95  # 79 +- 17 ms
        assert (ms["emd"] + ms["ict"] + ms["et"] + ms["irt"] < 1000 * reader.rr_s + 60).all()


@pytest.mark.slow
def test_sound_is_loud_and_quiet_where_the_truth_says(tmp_path: Path) -> None:
    """The loudest wall lobe stands out of the isovolumetric contraction in every recording."""
    above_db = []
    for woman in range(24):
        make_recording(tmp_path, Parameters(24, 29, 1.0, 1.0, 0.3), woman, 0)
        name = f"W{woman + 1:04d}-V1"
        reader = Reader(tmp_path / "truth" / f"{name}.json")
        if reader.in_good_windows().sum() < 20:
            continue
        sound, rate_hz = soundfile.read(tmp_path / "audio" / f"{name}.flac")
        emd, ict, et, irt = (reader.ms[n] / 1000 for n in ("emd", "ict", "et", "irt"))
        closing = reader.q_s + emd
        opening = closing + ict
        filling = opening + et + irt
        peaks = {"atrial": reader.q_s - 0.040, "systole": opening + 0.045, "early": filling + 0.026}
        lobes = [
            np.median(reader.power_at(sound, rate_hz, at - 0.015, at + 0.015))
            for at in peaks.values()
        ]
        quiet = np.median(reader.power_at(sound, rate_hz, closing + 0.010, opening - 0.004))
        above_db.append(10 * np.log10(max(lobes) / quiet))
    assert len(above_db) > 15
    assert np.median(above_db) > 10
    assert (np.array(above_db) > 3).mean() > 0.9
