"""How fast a bundle is on this machine, and how much memory it takes."""

from __future__ import annotations

import resource
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from firmware_bridge.constants import SAMPLE_RATE_HZ
from firmware_bridge.screen import Screener

RECORDING_S = 600
RUNS = 5


def bench(bundle: Path | str | None = None, trust: tuple[str, ...] = ()) -> dict[str, Any]:
    """Medians of five screenings of ten minutes of noise in this process, on one thread.

    `load_s` includes verification and self-test. Raises `FetalHemoError` with the E-BUNDLE codes.
    """
    start = time.perf_counter()
    screener = Screener.load(bundle, trust)
    load_s = time.perf_counter() - start
    noise = np.random.default_rng(0).normal(0, 0.1, RECORDING_S * SAMPLE_RATE_HZ)
    samples = noise.astype(np.float32)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        screener.screen(samples, SAMPLE_RATE_HZ)
        times.append(time.perf_counter() - start)
    screen_s = statistics.median(times)
    return {
        "load_s": round(load_s, 4),
        "screen_s": round(screen_s, 4),
        "times_real_time": round(RECORDING_S / screen_s),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "bundle_bytes": screener.bundle.size,
        "model_sha256": screener.bundle.sha256,
    }


def as_text(measured: dict[str, Any]) -> str:
    """The measurement for a person."""
    return (
        f"10 min screened in {measured['screen_s']:.2f} s "
        f"({measured['times_real_time']} times real time), "
        f"loaded in {measured['load_s']:.2f} s, peak memory {measured['peak_rss_mb']:.0f} MB, "
        f"bundle {measured['bundle_bytes'] / 1000:.0f} kB"
    )
