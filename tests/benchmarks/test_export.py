"""The export benchmark prints one JSON object with what it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.export import GATE, IN_C, agreement
from firmware_bridge.bundle import Bundle

PROJECT = Path(__file__).resolve().parents[2]
PROMISED = {
    *("float_bytes", "int8_bytes", "size_ratio", "float_ms", "int8_ms"),
    *("max_probability_difference", "label_flips", "delta_auroc", "delta_auroc_upper"),
    *("processors_equal", "float_ops", *IN_C),
}


@pytest.mark.slow
def test_one_object_with_the_promised_keys() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.export", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=900,
        check=True,
    )
    measured = json.loads(done.stdout)
    assert measured.keys() >= PROMISED
    assert measured["int8_bytes"] < measured["float_bytes"]
    assert "host, 4 threads" in measured["processors_equal"]
    assert "other bytes" not in measured["processors_not_equal"].values()
    assert "Conv" in measured["float_ops"]
    missing = {name for name in PROMISED if measured[name] is None}
    assert not missing or measured["reasons"]


def test_a_bundle_without_a_gate_gives_reasons(bundle: Bundle) -> None:
    reasons: dict[str, str] = {}
    assert agreement(bundle, reasons) == dict.fromkeys(GATE)
    assert set(reasons) == set(GATE)
    assert "delta_auroc" in reasons["delta_auroc"]
