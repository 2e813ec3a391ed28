"""The whole path, with random weights: outcomes, their JSON, and what must never be in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile

import firmware_bridge
from firmware_bridge import constants, decide
from firmware_bridge.fhir import to_fhir, transaction_id
from firmware_bridge.result import Abstained, Refused, Result, Screened
from firmware_bridge.screen import Screener

SCHEMAS = Path(firmware_bridge.__file__).parent / "schemas"
SCHEMA = json.loads((SCHEMAS / "result.schema.json").read_text())


def document(result: Result) -> dict[str, Any]:
    """The result as it reads after printing, checked against the published schema."""
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    jsonschema.validate(found, SCHEMA)
    return found


def beats(seconds: float, rate: int = 4_000, bpm: float = 140.0) -> np.ndarray:
    """Band-limited noise that swells with every beat: what a probe hears, roughly."""
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(4).normal(size=time.size)
    tone = np.sin(2 * np.pi * 250 * time + np.cumsum(noise) * 0.1)
    loudness = 0.02 + np.exp(-(((time * bpm / 60) % 1.0 - 0.3) ** 2) / 0.01)
    return 0.3 * tone * loudness


@pytest.fixture
def every_window_counts(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> Screener:
    """The screener with every quality usable, so that random weights reach a probability."""
    usable = {**screener.bundle.manifest["decision"]}
    usable["usable_quality"] = list(constants.QUALITY_CLASSES)
    monkeypatch.setitem(screener.bundle.manifest, "decision", usable)
    return screener


def test_good_clip_abstains_but_gives_its_rate(screener: Screener, data_dir: Path) -> None:
    found = document(screener.screen_file(data_dir / "doppler" / "quality_good.wav", 3))
    assert (found["outcome"], found["index"]) == ("abstained", 3)
    assert "A-LITTLE-SIGNAL" in found["reasons"]
    assert found["windows"][0]["heart_rate_bpm"] == pytest.approx(148, abs=3)
    assert found["heart_rate"]["mean_bpm"] == pytest.approx(148, abs=3)
    assert found["heart_rate"]["short_term_variation_ms"] is None


def test_screened(every_window_counts: Screener) -> None:
    result = every_window_counts.screen(beats(40), 4_000)
    assert isinstance(result, Screened)
    found = document(result)
    assert len(found["windows"]) == 10
    assert sum(window["attention"] for window in found["windows"]) == pytest.approx(1, abs=1e-3)
    threshold = every_window_counts.bundle.manifest["decision"]["threshold"]
    above = found["probability"] >= threshold
    assert found["band"] == (decide.ABOVE if above else decide.BELOW)
    assert "cuff" in found["sentence"]
    assert "simulated" in found["notice"]
    assert found["model"]["simulated"] is True


def test_long_recording_uses_its_best_ten_minutes(every_window_counts: Screener) -> None:
    samples = np.concatenate([np.zeros(15_000 * 20), beats(15_000 * 165 / 4_000)])
    found = document(every_window_counts.screen(samples, 4_000))
    counted = [i for i, window in enumerate(found["windows"]) if window["attention"] is not None]
    assert len(found["windows"]) == 185
    assert counted == list(range(20, 180))


def test_same_bytes_same_result(every_window_counts: Screener, tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, beats(60, 11_025), 11_025)
    first, second = (document(every_window_counts.screen_file(path)) for _ in range(2))
    first["timing_s"] = second["timing_s"] = 0
    assert first == second


THREADS_TEXT = """
import sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from firmware_bridge.screen import Screener
screener = Screener.load(sys.argv[1], [sys.argv[2]])
screener.bundle.manifest["decision"]["usable_quality"] = sys.argv[4].split(",")
samples = np.load(sys.argv[3])
with ThreadPoolExecutor(3) as pool:
    results = list(pool.map(lambda _: screener.screen(samples, 11_025), range(3)))
print({(result.probability.hex(), str(result.evidence.beats_s)) for result in results})
"""


def test_threads_change_no_bit(every_window_counts: Screener, signed: Any, tmp_path: Path) -> None:
    """Threads of the numerical libraries, of the caller, or none: one value."""
    path = tmp_path / "a.npy"
    np.save(path, beats(120, 11_025))
    result = every_window_counts.screen(np.load(path), 11_025)
    assert isinstance(result, Screened)
    expected = f"{ {(result.probability.hex(), str(result.evidence.beats_s))} }"
    usable = ",".join(constants.QUALITY_CLASSES)
    code = [sys.executable, "-c", THREADS_TEXT, signed.path, signed.public_key, path, usable]
    for threads in ("1", "2", "5"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        done = subprocess.run(
            [str(part) for part in code], capture_output=True, text=True, env=environment
        )
        assert done.stdout.strip() == expected, done.stderr


@pytest.mark.parametrize("ears", [("noise", "beats"), ("beats", "noise"), ("silence", "beats")])
def test_channel_that_hears_the_beat_is_chosen(
    screener: Screener, tmp_path: Path, ears: tuple[str, str]
) -> None:
    rate = 96_000
    sounds = {
        "beats": beats(20, rate),
        "noise": np.random.default_rng(1).normal(size=20 * rate) * 0.1,
        "silence": np.zeros(20 * rate),
    }
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([sounds[ear] for ear in ears], 1), rate, subtype="PCM_24")
    found = document(screener.screen_file(path))
    assert found["recording"]["channel"] == ears.index("beats")
    assert found["recording"]["channels"] == 2


def test_clipped_recording_abstains(screener: Screener) -> None:
    result = screener.screen(np.clip(beats(40) * 50, -1, 1), 4_000)
    assert "A-CLIPPED" in document(result)["reasons"]


def test_dead_spans_of_a_real_recording_have_no_rate(screener: Screener, data_dir: Path) -> None:
    found = document(screener.screen_file(data_dir / "doppler" / "luna_600s.wav"))
    assert len(found["windows"]) == 160
    assert found["recording"]["band_limit_hz"] == 500
    dead = [w for w in found["windows"] if 260 <= w["start_s"] + 1.875 < 280]
    assert len(dead) >= 5
    for window in [*dead, found["windows"][26]]:  # 97.5-101.25 s
        assert window["heart_rate_bpm"] is None
        assert not window["usable"]


def test_refused_names_no_path(screener: Screener, tmp_path: Path) -> None:
    path = tmp_path / "Jane Doe.wav"
    path.write_bytes(b"text")
    for bad, code in ((path, "E-NOT-AUDIO"), (tmp_path, "E-IS-DIRECTORY")):
        found = document(screener.screen_file(bad, 2))
        assert (found["outcome"], found["reasons"], found["index"]) == ("refused", [code], 2)
        assert "Jane" not in json.dumps(found)
        assert tmp_path.name not in json.dumps(found)


def test_results_name_no_path(screener: Screener, tmp_path: Path) -> None:
    path = tmp_path / "Jane Doe.wav"
    soundfile.write(path, beats(8), 4_000)
    result = screener.screen_file(path)
    assert isinstance(result, Screened | Abstained)
    for text in (json.dumps(document(result)), json.dumps(to_fhir(result))):
        assert "Jane" not in text
        assert tmp_path.name not in text


def entries(result: Screened | Abstained) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for entry in to_fhir(result)["entry"]:
        resource = entry["resource"]
        assert entry["fullUrl"] == f"urn:uuid:{resource['id']}"
        url = f"{resource['resourceType']}/{resource['id']}"
        assert entry["request"] == {"method": "PUT", "url": url}
        kinds.setdefault(resource["resourceType"], []).append(resource)
    return kinds


def test_fhir_of_a_probability_counts_in_percent(every_window_counts: Screener) -> None:
    result = every_window_counts.screen(beats(40), 4_000)
    assert isinstance(result, Screened)
    kinds = entries(result)
    (risk,) = kinds["RiskAssessment"]
    percent = risk["prediction"][0]["probabilityDecimal"]
    assert percent == pytest.approx(100 * result.probability, abs=1e-3)
    assert risk["status"] == "preliminary"
    known = {f"urn:uuid:{r['id']}" for group in kinds.values() for r in group}
    assert {basis["reference"] for basis in risk["basis"]} <= known
    assert risk["performer"]["reference"] in known
    assert "Patient" not in json.dumps(to_fhir(result))
    rate = next(o for o in kinds["Observation"] if "coding" in o["code"])
    assert rate["code"]["coding"][0]["code"] == "55283-6"
    assert rate["valueQuantity"]["code"] == "/min"


def test_limits_of_the_bundle_are_told(
    every_window_counts: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"elevated": [120, 70], "hypertensive": [130, 80.5], "severe": [160, 110]}
    monkeypatch.setitem(every_window_counts.bundle.manifest, "bp_thresholds_mmhg", limits)
    results = [every_window_counts.screen(beats(seconds), 4_000) for seconds in (40, 8)]
    for result, kind in zip(results, ("RiskAssessment", "Observation"), strict=True):
        assert document(result)["model"]["raised_from_mmhg"] == [130, 80.5]
        assert ">= 130 or >= 80.5 mmHg" in json.dumps(entries(result)[kind])
        assert "140 or" not in json.dumps(entries(result)[kind])


def test_fhir_of_an_abstention_has_a_reason_and_no_risk(screener: Screener) -> None:
    result = screener.screen(beats(8), 4_000)
    assert isinstance(result, Abstained)
    kinds = entries(result)
    assert "RiskAssessment" not in kinds
    absent = [o for o in kinds["Observation"] if "dataAbsentReason" in o]
    assert any("A-LITTLE-SIGNAL" in o["dataAbsentReason"]["text"] for o in absent)
    for observation in kinds["Observation"]:
        assert not {"valueQuantity", "dataAbsentReason"} <= observation.keys()


def test_fhir_is_idempotent(screener: Screener) -> None:
    first, second = (screener.screen(beats(8), 4_000) for _ in range(2))
    other = screener.screen(beats(9), 4_000)
    assert not any(isinstance(result, Refused) for result in (first, second, other))
    assert to_fhir(first) == to_fhir(second)  # type: ignore[arg-type]
    assert transaction_id(first) != transaction_id(other)  # type: ignore[arg-type]


def test_constants_agree_with_the_workstation() -> None:
    from fetal_hemo import constants as workstation

    for name in ("SAMPLE_RATE_HZ", "WINDOW_SAMPLES", "WINDOW_S", "VIEWS", "QUALITY_CLASSES"):
        assert getattr(constants, name) == getattr(workstation, name)
    assert constants.BP_CLASSES == workstation.BP_CLASSES
    assert constants.POSITIVE_CLASSES == workstation.POSITIVE_CLASSES
