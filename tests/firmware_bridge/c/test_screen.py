"""The same sound gives the same result in C as in Python, whatever the pieces it comes in."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile
import soxr

from export.bundle import write_bundle
from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.trust import MODELS, read_public_key
from tests.firmware_bridge.test_fast_heart import heart

from .conftest import SOURCES, Library, Opened

SCHEMA = json.loads((SOURCES.parent / "schemas" / "result.schema.json").read_text())
CLIPS = (
    *("quality_good", "quality_poor", "quality_interference", "quality_talking"),
    *("quality_silent", "autofhr_1", "luna_600s"),
)
# A unit in the last place that a result shows; only a value on the edge is rounded the other way.
LAST_PLACE = {
    **{"mean_bpm": 0.1, "baseline_bpm": 0.1, "heart_rate_bpm": 0.1, "peak_bpm": 0.1},
    **{"short_term_variation_ms": 0.01, "long_term_variation_ms": 0.01, "confidence": 1e-4},
    **{"attention": 1e-6, "dead_share": 1e-4, "clipped_share": 1e-4, "beats_s": 1e-3},
    **{"probability": 1e-6, "value": 1e-6, "embedding_distance": 1e-4},
}


@pytest.fixture(scope="module")
def python() -> Screener:
    return Screener.load()


def differences(c: Any, python: Any, name: str = "") -> list[str]:
    """Where two results differ by more than the last place that they show."""
    if isinstance(python, dict):
        if not isinstance(c, dict) or c.keys() != python.keys():
            return [f"{name}: {c} {python}"]
        return [
            line
            for key in python
            if key != "timing_s"
            for line in differences(c[key], python[key], key)
        ]
    if isinstance(python, list):
        if not isinstance(c, list) or len(c) != len(python):
            return [f"{name}: {c} {python}"]
        return [line for a, b in zip(c, python, strict=True) for line in differences(a, b, name)]
    if isinstance(python, float) and isinstance(c, float):
        return (
            []
            if abs(c - python) <= 1.001 * LAST_PLACE.get(name, 0.0)
            else [f"{name}: {c} {python}"]
        )
    return [] if c == python else [f"{name}: {c} {python}"]


def compare(opened: Opened, python: Screener, samples: np.ndarray) -> dict[str, Any]:
    """The result in C, after it was found to be Python's and to keep to the schema."""
    expected = json.loads(json.dumps(python.screen(samples, 4_000).to_json()))
    opened.shared_object.fh_reset(opened.handle)
    opened.push(samples)
    _, found = opened.result()
    jsonschema.validate(found, SCHEMA)
    assert differences(found, expected) == []
    return found


@cache
def simulated(woman: int, minutes: float = 1.0) -> np.ndarray:
    """int16 samples of a *simulated* recording."""
    from fetal_hemo.simulate.recording import simulate_recording

    samples = simulate_recording(11, woman, 0, minutes).samples
    return np.round(samples * 32_767).astype(np.int16)


@pytest.mark.parametrize("name", CLIPS)
def test_real_clips(opened: Opened, python: Screener, data_dir: Path, name: str) -> None:
    samples, rate = soundfile.read(data_dir / "doppler" / f"{name}.wav", dtype="float32")
    at_4khz = soxr.resample(samples, rate, 4_000) if rate != 4_000 else samples
    whole = np.round(np.clip(at_4khz, -1, 1) * 32_767).astype(np.int16)
    found = compare(opened, python, whole)
    if name == "luna_600s":
        assert len(found["windows"]) == 160
        assert len(found["beats_s"]) > 1_000


def test_simulated_recordings(opened: Opened, python: Screener) -> None:
    found = [compare(opened, python, simulated(woman)) for woman in range(3)]
    assert "screened" in {result["outcome"] for result in found}
    floats = (simulated(0).astype(np.float32) / 32_768)[: 40 * 4_000]
    compare(opened, python, floats)


def test_a_heart_too_fast_to_be_told(opened: Opened, python: Screener) -> None:
    found = compare(opened, python, heart(240.0))
    assert "A-FAST-RHYTHM" in found["reasons"]


def test_a_deceleration_with_a_hole(opened: Opened, python: Screener) -> None:
    slow = heart(115.0)[: 30 * 4_000]
    slow[14 * 4_000 : 18 * 4_000] = 0.0
    found = compare(opened, python, np.concatenate([heart(145.0), slow, heart(145.0, 1)]))
    (deceleration,) = found["heart_rate"]["decelerations"]
    assert deceleration["end_s"] - deceleration["start_s"] >= 26


def test_a_heart_that_falls_and_stays(opened: Opened, python: Screener) -> None:
    found = compare(opened, python, np.concatenate([heart(140.0), heart(95.0, 1)]))
    assert "below 110 a minute" in found["sentence"]
    compare(opened, python, heart(80.0))


@pytest.mark.parametrize("error", [0.05, 1.0])
def test_answers_and_reference(library: Library, signed: Any, tmp_path: Path, error: float) -> None:
    """A bundle that says how it answers, and what it was validated on."""
    samples = simulated(0)
    plain = Screener.load(signed.path, [signed.public_key])
    size = plain.windows.run((samples[:15_000] / 32_768).astype(np.float32)[None])
    width = size.view_embeddings[0].size
    rng = np.random.default_rng(8)
    quantile = 0.99 if error < 1 else 0.0
    manifest = {
        **signed.manifest,
        "decision": {**signed.manifest["decision"], "usable_quality": list(QUALITY_CLASSES)},
        "answers": {
            "error": {"positive": error, "negative": error},
            "quantile": {"positive": quantile, "negative": quantile},
            "shares": {
                "positive": {"above": 0.4, "below": 0.6},
                "negative": {"above": 0.1, "below": 0.9},
            },
        },
        "reference": {
            **{"recordings": 9, "outcome": [0.5, 0.5], "quality": [1.0, *[0.0] * 6]},
            **{"rate": [1.0, *[0.0] * 9], "distance": [0.5, 0.5], "distance_edges": [1.0]},
            "embedding_mean": rng.normal(size=width).tolist(),
            "embedding_scale": rng.uniform(0.5, 2.0, width).tolist(),
        },
    }
    path = tmp_path / "a.fhb"
    members = dict(signed.members)
    write_bundle(path, members, manifest, signed.private_key)
    python = Screener.load(path, [signed.public_key])
    with library.open(path, read_public_key(signed.public_key)) as opened:
        assert opened.status == 0, opened.message()
        found = compare(opened, python, samples)
        assert found["embedding_distance"] > 0
        if error < 1:
            assert found["reasons"] == ["A-UNCERTAIN"]
            return
        summary, _ = opened.result()
        assert summary.predictive_value == found["predictive_value"]["value"]
        assert summary.prevalence == found["predictive_value"]["prevalence"]
        assert summary.embedding_distance == pytest.approx(found["embedding_distance"], abs=1e-4)


def test_more_windows_than_the_graph_takes(opened: Opened, python: Screener) -> None:
    once = simulated(0)
    found = compare(opened, python, np.concatenate([np.zeros_like(once[:60_000]), *[once] * 12]))
    paid = [i for i, window in enumerate(found["windows"]) if window["attention"] is not None]
    assert len(found["windows"]) == 196
    assert max(paid) - min(paid) < 160


@pytest.mark.parametrize("missing", [1, 4, 5, 7_000])
def test_last_window_that_is_not_whole(opened: Opened, python: Screener, missing: int) -> None:
    samples = simulated(0, 0.5)
    compare(opened, python, samples[: len(samples) - missing])


def test_clipped_quiet_and_coarse(opened: Opened, python: Screener) -> None:
    samples = simulated(1, 0.5).astype(np.float32) / 32_768
    loud = np.clip(samples * 50, -1, 1)
    found = compare(opened, python, loud)
    assert max(window["clipped_share"] for window in found["windows"]) > 0.1
    compare(opened, python, np.round(samples / np.abs(samples).max() * 9) / 100)


def test_pieces_and_questions_change_nothing(opened: Opened) -> None:
    samples = simulated(0)
    results = []
    for chunk in (None, 1_000, 14_999, 15_001):
        opened.shared_object.fh_reset(opened.handle)
        if chunk == 1_000:  # a question after every second or so, and most of them too early
            for start in range(0, len(samples), 4_000):
                opened.push(samples[start : start + 4_000], 777)
                opened.result()
        else:
            opened.push(samples, chunk)
        results.append({**opened.result()[1], "timing_s": 0})
    assert all(result == results[0] for result in results)
    assert results[0]["outcome"] == "screened"


def test_struct_says_what_the_text_says(opened: Opened) -> None:
    opened.push(simulated(0))
    summary, text = opened.result()
    rate = text["heart_rate"]
    assert summary.outcome == ["screened", "abstained", "refused"].index(text["outcome"])
    assert summary.reason_count == len(text["reasons"])
    assert summary.probability == text["probability"]
    assert summary.above_threshold == (text["band"] == "above threshold")
    assert summary.usable_windows == sum(window["usable"] for window in text["windows"])
    for name in ("mean_bpm", "baseline_bpm", "short_term_variation_ms", "long_term_variation_ms"):
        assert getattr(summary, name) == pytest.approx(rate[name], abs=0.051)
    assert summary.duration_s == text["recording"]["duration_s"] == 60.0
    windows = opened.shared_object.fh_windows(opened.handle)[: summary.window_count]
    for window, told in zip(windows, text["windows"], strict=True):
        bpm = told["heart_rate_bpm"]
        assert math.isnan(window.heart_rate_bpm) if bpm is None else window.heart_rate_bpm > 0
        assert window.confidence == pytest.approx(told["confidence"], abs=1e-4)
        assert bool(window.usable) == told["usable"]
    beats = opened.shared_object.fh_beats(opened.handle)[: summary.beat_count]
    assert beats == pytest.approx(text["beats_s"], abs=6e-4)


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (np.zeros(0, np.int16), "E-EMPTY"),
        (np.arange(14_990, dtype=np.int16), "E-TOO-SHORT"),
        (np.full(30_000, 7, np.int16), "E-CONSTANT"),
        (np.array([0.0, np.nan] * 15_000, np.float32), "E-NOT-FINITE"),
        (np.array([0.0, np.inf] * 15_000, np.float32), "E-NOT-FINITE"),
    ],
)
def test_refused_as_in_python(
    opened: Opened, python: Screener, samples: np.ndarray, code: str
) -> None:
    assert compare(opened, python, samples)["reasons"] == [code]


def test_what_only_c_refuses(opened: Opened) -> None:
    """Other rates, and floats that are int16 values in disguise, which Python rescales later."""
    library, handle = opened.shared_object, opened.handle
    assert library.fh_rate(handle, 4_000.0) == 0
    assert library.fh_code(library.fh_rate(handle, 44_100.0)) == b"E-SAMPLE-RATE"
    assert library.fh_code(opened.push(simulated(0, 0.1))) == b"E-SAMPLE-RATE"
    assert opened.result()[1]["reasons"] == ["E-SAMPLE-RATE"]
    assert "44100 Hz" in opened.message()
    library.fh_reset(handle)
    assert library.fh_code(opened.push(np.full(9, 200.0, np.float32))) == b"E-NOT-AUDIO"
    jsonschema.validate(opened.result()[1], SCHEMA)


def test_an_hour_is_the_limit(opened: Opened) -> None:
    """Told before a sample is read, so the memory need not be there."""
    status = opened.shared_object.fh_push_int16(opened.handle, None, 3_600 * 4_000 + 1)
    assert opened.shared_object.fh_code(status) == b"E-TOO-LONG"
    assert opened.result()[1]["reasons"] == ["E-TOO-LONG"]


def test_recordings_follow_each_other(opened: Opened) -> None:
    opened.push(simulated(2))
    opened.result()
    opened.shared_object.fh_reset(opened.handle)
    assert opened.shared_object.fh_json(opened.handle) is None
    opened.push(simulated(0))
    _, second = opened.result()
    opened.shared_object.fh_reset(opened.handle)
    opened.push(simulated(0))
    assert {**opened.result()[1], "timing_s": 0} == {**second, "timing_s": 0}


def test_example_program(
    built: Path, onnxruntime_library: Path, python: Screener, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, simulated(0), 4_000, subtype="PCM_16")
    program = [str(built / "screen_wav"), str(onnxruntime_library)]
    model = [str(DEFAULT_BUNDLE), str(MODELS / "default.pub")]
    home = tmp_path / "home"
    home.mkdir()
    unset = ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED", "CI", "GITHUB_ACTIONS", "TF_BUILD")
    others = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        [*program, *model, str(path)],
        capture_output=True,
        text=True,
        env={**others, "HOME": str(home), "XDG_CACHE_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []  # onnxruntime collects nothing
    found = json.loads(done.stdout)
    assert found["recording"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert differences(found, json.loads(json.dumps(python.screen_file(path).to_json()))) == []
    soundfile.write(tmp_path / "b.wav", simulated(0), 4_000, subtype="PCM_U8")
    coarse = [*program, *model, str(tmp_path / "b.wav")]
    not_16_bit = subprocess.run(coarse, capture_output=True, text=True)
    assert (not_16_bit.returncode, not_16_bit.stderr[:11]) == (3, "E-NOT-AUDIO")
    path.write_bytes(path.read_bytes()[:9_000])
    short = subprocess.run([*program, *model, str(path)], capture_output=True, text=True)
    assert short.returncode == 3
    assert json.loads(short.stdout)["reasons"] == ["E-TOO-SHORT"]
    refused = subprocess.run(
        [*program, str(path), model[1], str(path)], capture_output=True, text=True
    )
    assert refused.returncode == 5
    assert re.match(r"E-BUNDLE-FORMAT: ", refused.stderr)
