"""The hand-written checks against the published JSON Schema, case by case."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import firmware_bridge
from firmware_bridge.bundle import Bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.manifest import check_manifest, parse_manifest

SCHEMAS = Path(firmware_bridge.__file__).parent / "schemas"
SCHEMA = json.loads((SCHEMAS / "bundle.schema.json").read_text())


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        manifest[path[-1]] = value

    return change


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        del manifest[path[-1]]

    return change


SIDES = {"above": 0.5, "below": 0.3}
ANSWERS = {
    "error": {"positive": 0.2, "negative": 0.1},
    "quantile": {"positive": 0.8, "negative": 0.4},
    "shares": {"positive": SIDES, "negative": SIDES},
}
REFERENCE = {
    "recordings": 60,
    "outcome": [0.8, 0.2],
    "quality": [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    "rate": [0.1] * 10,
    "distance": [0.5, 0.5],
    "distance_edges": [1.5],
    "embedding_mean": [0.0, -1.5],
    "embedding_scale": [1.0, 0.5],
}
# What JSON Schema cannot say, but the runtime checks.
BEYOND_SCHEMA = [
    put("reference", value={**REFERENCE, "quality": [0.5] * 7}),
    put("reference", value={**REFERENCE, "distance_edges": [1.5, 2.0]}),
    put(
        "reference",
        value={**REFERENCE, "distance": [0.5, 0.3, 0.2], "distance_edges": [2.0, 1.5]},
    ),
]
BROKEN = [
    put("answers", value={}),
    put("answers", value=None),
    put("answers", value={**ANSWERS, "more": 1}),
    put("answers", value={**ANSWERS, "quantile": {"positive": 1.5, "negative": 0.1}}),
    put("answers", value={**ANSWERS, "shares": {"positive": SIDES}}),
    put("reference", value={}),
    put("reference", value={**REFERENCE, "recordings": 0}),
    put("reference", value={**REFERENCE, "quality": [1.0]}),
    put("reference", value={**REFERENCE, "rate": ["a"] * 10}),
    put("reference", value={**REFERENCE, "embedding_scale": [0.0, 1.0]}),
    put("reference", value={**REFERENCE, "embedding_mean": []}),
    put("schema_version", value=2),
    put("schema_version", value=0),
    put("schema_version", value="1"),
    put("schema_version", value=True),
    put("name", value="../../etc"),
    put("name", value=""),
    put("version", value="one"),
    put("created", value="yesterday"),
    put("simulated", value="false"),
    put("simulated", value=0),
    put("counter", value=-1),
    put("counter", value=1.5),
    put("counter", value=10**400),
    put("input", "sample_rate_hz", value=8000),
    put("input", "max_windows", value=0),
    put("views", value=["rhythm"]),
    put("positive_classes", value=[]),
    put("positive_classes", value=["normal", "elevated", "hypertensive", "severe"]),
    put("positive_classes", value=["severe", "severe"]),
    put("positive_classes", value=["severe"]),
    put("bp_thresholds_mmhg", "severe", value=[160]),
    put("heart_rate", "min_confidence", "good", value=None),
    put("decision", "usable_quality", value=["excellent"]),
    put("decision", "threshold", value=1.5),
    put("decision", "min_usable_windows", value=0),
    put("calibration", "slope", value="1"),
    put("session", "x64quantprecision", value=False),
    put("session", "threads", value=2),
    put("members", "window.onnx", "sha256", value="0" * 63),
    put("training_data", value=[]),
    put("surprise", value=1),
    drop("notice"),
    drop("decision", "prevalence"),
    drop("members", "golden.npz"),
]


def test_a_written_manifest_fits_both(bundle: Bundle) -> None:
    check_manifest(bundle.manifest, "")
    jsonschema.validate(bundle.manifest, SCHEMA)


def test_optional_parts_fit_both(bundle: Bundle) -> None:
    whole = {**bundle.manifest, "answers": ANSWERS, "reference": REFERENCE}
    check_manifest(whole, "")
    jsonschema.validate(whole, SCHEMA)


@pytest.mark.parametrize("change", BEYOND_SCHEMA)
def test_the_runtime_refuses_more(bundle: Bundle, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = copy.deepcopy(bundle.manifest)
    change(manifest)
    with pytest.raises(FetalHemoError, match="E-BUNDLE-SCHEMA"):
        check_manifest(manifest, "")


@pytest.mark.parametrize("change", BROKEN)
def test_both_refuse(bundle: Bundle, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = copy.deepcopy(bundle.manifest)
    change(manifest)
    with pytest.raises(FetalHemoError) as caught:
        check_manifest(manifest, "")
    assert caught.value.code == "E-BUNDLE-SCHEMA"
    if manifest.get("schema_version") is not True:  # to JSON Schema 1 and true are the same
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(manifest, SCHEMA)


@pytest.mark.parametrize("version", ["0.1.1", "1.0.0", "0.10.0"])
def test_newer_runtime_is_asked_for(bundle: Bundle, version: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        check_manifest({**bundle.manifest, "minimum_runtime": version}, "")
    assert caught.value.code == "E-BUNDLE-RUNTIME"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 200_000, b"9" * 10_000],
)
def test_bytes_that_are_no_plain_object(data: bytes) -> None:
    with pytest.raises(FetalHemoError) as caught:
        parse_manifest(data, "")
    assert caught.value.code == "E-BUNDLE-SCHEMA"
