"""The picture of real and of odd recordings."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
import soxr

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.report.recording_picture import draw_recording


def windows(count: int, bpm: float | None = 140.0) -> list[dict]:
    names = list(QUALITY_CLASSES)
    return [
        {
            "start_s": 3.75 * i,
            "quality": names[i % len(names)],
            "heart_rate_bpm": None if i % 5 == 4 else bpm,
            "confidence": 0.5,
            "attention": 1 / count if i % 2 else None,
        }
        for i in range(count)
    ]


def words(svg: str) -> set[str]:
    return {"".join(node.itertext()) for node in ElementTree.fromstring(svg).iter()}


def test_ten_real_minutes_stay_small(data_dir: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(data_dir / "doppler" / "luna_600s.wav", dtype="float32")
    samples = soxr.resample(samples, rate, SAMPLE_RATE_HZ)
    svg = draw_recording(samples, windows(160), tmp_path / "one.svg", simulated=False)
    assert (tmp_path / "one.svg").stat().st_size < 400_000
    assert (tmp_path / "one.svg").read_text() == svg
    assert {"time (min)", "good", "silent", "attention", "(Hz)"} <= words(svg)
    assert "simulated" not in svg
    label = ElementTree.fromstring(svg).get("aria-label")
    assert "mean heart rate 140 bpm in 128 of 160 windows" in label


def test_short_and_simulated() -> None:
    samples = np.random.default_rng(0).normal(size=4 * WINDOW_SAMPLES) / 10
    svg = draw_recording(samples, windows(4), None, simulated=True)
    assert {"time (s)", "simulated recording"} <= words(svg)
    assert svg == draw_recording(samples, windows(4), None, simulated=True)


@pytest.mark.parametrize("samples", [0, 1, WINDOW_SAMPLES - 1, WINDOW_SAMPLES, WINDOW_SAMPLES + 1])
def test_odd_lengths_and_silence_are_drawn(samples: int) -> None:
    count = samples // WINDOW_SAMPLES
    svg = draw_recording(np.zeros(samples), windows(count, None), None, simulated=False)
    assert "no heart rate" in ElementTree.fromstring(svg).get("aria-label")


def test_a_rate_outside_the_usual_axis_is_inside_the_picture() -> None:
    samples = np.random.default_rng(0).normal(size=WINDOW_SAMPLES)
    svg = draw_recording(samples, windows(1, 205.0), None, simulated=False)
    assert "200" in words(svg)


def test_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        draw_recording(np.zeros(10), [], tmp_path / "none" / "a.svg", simulated=False)
