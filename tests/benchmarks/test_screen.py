"""The benchmark measures real processes and prints one JSON object."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_one_object_with_the_promised_keys() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.screen", "--runs", "1", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=120,
        check=True,
    )
    measured = json.loads(done.stdout)
    promised = {"cold_start_s", "screen_s", "times_real_time", "peak_rss_mb", "bundle_bytes"}
    assert promised <= set(measured)
    assert measured["bundle_bytes"] < 1_000_000
    assert 20 < measured["peak_rss_mb"] < 300
