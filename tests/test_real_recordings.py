"""Real recordings, screened with the shipped bundle by the command a user types."""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

PROJECT = Path(__file__).resolve().parents[1]
DEAD_S = ((98.0, 100.0), (260.0, 280.0))
WINDOW_S = 3.75


def screen(*files: Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and results."""
    done = subprocess.run(
        [sys.executable, "-m", "fetal_hemo.cli", "screen", *map(str, files), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def luna(data_dir: Path) -> dict[str, Any]:
    status, results = screen(data_dir / "doppler" / "luna_600s.wav")
    assert status in (0, 4)
    assert len(results) == 1
    return results[0]


def reference(data_dir: Path) -> list[tuple[float, float]]:
    """Times in seconds and rates in bpm of the CTG device."""
    path = data_dir / "doppler" / "luna_600s_reference_fhr.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [(float(r["t_audio_s"]), float(r["fhr_bpm"])) for r in rows if r["fhr_bpm"]]


def test_ten_minutes_agree_with_the_ctg_device(luna: dict[str, Any], data_dir: Path) -> None:
    """99 % of live windows within 5 bpm; a window that is given no rate counts as a miss."""
    known = reference(data_dir)
    hits = []
    for window in luna["windows"]:
        start = window["start_s"]
        beside = [bpm for at, bpm in known if start <= at < start + WINDOW_S and bpm > 50]
        if len(beside) < 3 or window["dead_share"] > 0.3:
            continue
        rate = window["heart_rate_bpm"]
        hits.append(rate is not None and abs(rate - statistics.median(beside)) <= 5)
    assert len(hits) > 140
    assert statistics.mean(hits) >= 0.99


def test_dead_spans_get_no_rate(luna: dict[str, Any]) -> None:
    for window in luna["windows"]:
        start, end = window["start_s"], window["start_s"] + WINDOW_S
        if any(start < last and end > first for first, last in DEAD_S):
            assert window["heart_rate_bpm"] is None


def test_the_document_is_whole(luna: dict[str, Any], data_dir: Path) -> None:
    schema = json.loads((PROJECT / "firmware_bridge/schemas/result.schema.json").read_text())
    jsonschema.validate(luna, schema)
    assert luna["recording"]["sample_rate_hz"] == 1_000
    assert luna["recording"]["band_limit_hz"] == 500
    assert luna["model"]["simulated"] is True
    assert "luna" not in json.dumps(luna)


@pytest.mark.parametrize(
    ("name", "quality", "reason"),
    [
        ("quality_silent", "silent", "A-SILENT"),
        ("quality_talking", "talking", "A-TALKING"),
        ("quality_good", "good", "A-LITTLE-SIGNAL"),
    ],
)
def test_quality_and_reason(data_dir: Path, name: str, quality: str, reason: str) -> None:
    status, (result,) = screen(data_dir / "doppler" / f"{name}.wav")
    assert status == 4
    assert result["outcome"] == "abstained"
    assert reason in result["reasons"]
    assert result["windows"][0]["quality"] == quality
    assert result["probability"] is None


@pytest.mark.parametrize(
    ("name", "bpm", "within"),
    [("quality_good", 148, 3), ("autofhr_1", 152, 3), ("quality_poor", 144, 5)],
)
def test_heart_rate_of_clips(data_dir: Path, name: str, bpm: float, within: float) -> None:
    _, (result,) = screen(data_dir / "doppler" / f"{name}.wav")
    assert result["heart_rate"]["mean_bpm"] == pytest.approx(bpm, abs=within)


def test_all_clips_in_one_call_with_a_bad_one(data_dir: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("this is no sound")
    files = sorted((data_dir / "doppler").glob("quality_*.wav"))
    status, results = screen(*files[:2], bad, *files[2:])
    assert status == 7
    assert [r["outcome"] for r in results].count("refused") == 1
    assert results[2]["reasons"] == ["E-NOT-AUDIO"]
    assert [r["index"] for r in results] == list(range(len(files) + 1))
