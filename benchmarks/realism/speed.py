"""How many simulated seconds a second of one processor makes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.realism.simulated import SEED
from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.simulate.recording import simulate_recording

GOAL = 300.0


def speed(recordings: int, minutes: float, women: int) -> dict[str, Any]:
    """Median over recordings after one that warms up, then a cohort with its FLAC files.

    `_cpu` counts the processor's seconds, so what else the machine does hardly changes it: the
    verdict is by them.
    """
    with one_processor() as pinned:
        simulate_recording(SEED, 0, 0, minutes=minutes)
        taken = [_seconds(woman, minutes) for woman in range(1, recordings + 1)]
        cohort = _cohort(women, minutes)
    wall, cpu = (60 * minutes / median(column) for column in zip(*taken, strict=True))
    return {
        "real_time_factor": round(wall, 1),
        "real_time_factor_cpu": round(cpu, 1),
        "goal": GOAL,
        "reached_by_cpu": cpu >= GOAL,
        "cohort_real_time_factor": round(cohort, 1),
        "rate_hz": SAMPLE_RATE_HZ,
        "recordings": recordings,
        "minutes": minutes,
        "pinned_to_one_processor": pinned,
    }


@contextmanager
def one_processor() -> Iterator[bool]:
    """This process on one processor while it lasts; yields whether the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)


def _seconds(woman: int, minutes: float) -> tuple[float, float]:
    """What one recording takes: seconds on the clock, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    simulate_recording(SEED, woman, 0, minutes=minutes)
    return time.perf_counter() - wall, time.process_time() - cpu


def _cohort(women: int, minutes: float) -> float:
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        made = simulate_cohort(Path(folder) / "cohort", women, SEED, minutes=minutes, jobs=1)
        return 60 * minutes * made.recordings / (time.perf_counter() - start)
