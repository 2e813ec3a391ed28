"""One window graph in fresh processes: what it costs in float and int8, on one or more threads."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.progress import Progress, silent

THREADS = (1, 2, 4)
WINDOWS = 160  # ten minutes
RUNS = 3
# VmHWM and not ru_maxrss: the latter begins with the memory of the process that forked.
PROCESS = f"""
import sys, time
import numpy as np
from firmware_bridge.runtime import session
run = session(open(sys.argv[1], "rb").read(), "window.onnx", sys.argv[1], int(sys.argv[2]))
print("ready", flush=True)
rng = np.random.default_rng(0)
windows = rng.normal(0, 0.1, ({WINDOWS}, 15_000)).astype(np.float32)
start = time.perf_counter()
for window in windows:  # each alone, as on a device
    run.run(None, {{"samples": window[None]}})
lines = open("/proc/self/status").read().splitlines()
peak = next(line for line in lines if line.startswith("VmHWM")).split()[1]
print(time.perf_counter() - start, peak)
"""


def bench_graphs(
    graphs: dict[str, bytes], threads: Sequence[int] = (), progress: Progress = silent
) -> list[dict[str, Any]]:
    """A row for each graph, by its name, and number of threads: medians of three processes.

    `bytes` of the graph, `ten_minutes_ms`, `cold_start_ms` from the start of a process to a
    session, `peak_rss_mb`. Without `threads` 1, 2 and 4 as far as there are processors.
    `progress` is called with the processes done and their total.
    """
    counts = threads or [n for n in THREADS if n <= (os.cpu_count() or 1)]
    rows: list[dict[str, Any]] = []
    total = RUNS * len(graphs) * len(counts)
    with tempfile.TemporaryDirectory() as folder:
        for name, graph in graphs.items():
            path = Path(folder) / f"{name}.onnx"
            path.write_bytes(graph)
            for count in counts:
                measured: list[tuple[float, float, float]] = []
                for _ in range(RUNS):
                    progress(RUNS * len(rows) + len(measured), total)
                    measured.append(_process(path, count))
                cold, seconds, peak = (statistics.median(x) for x in zip(*measured, strict=True))
                rows.append(
                    {
                        "graph": name,
                        "threads": count,
                        "bytes": len(graph),
                        "ten_minutes_ms": round(1_000 * seconds, 1),
                        "cold_start_ms": round(1_000 * cold, 1),
                        "peak_rss_mb": round(peak / 1_024, 1),
                    }
                )
    progress(total, total)
    return rows


def _process(path: Path, threads: int) -> tuple[float, float, float]:
    """Seconds to a session, seconds for ten minutes, and peak kB of one process."""
    start = time.perf_counter()
    command = [sys.executable, "-c", PROCESS, str(path), str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        cold = time.perf_counter() - start
        seconds, peak = process.stdout.read().split()
    return cold, float(seconds), float(peak)


def as_table(rows: list[dict[str, Any]]) -> str:
    """The rows for a person, side by side."""
    head = f"{'window graph':<14}{'threads':>8}{'kB':>8}{'10 min, ms':>12}{'cold, ms':>10}{'MB':>8}"
    return "\n".join([head, *map(_line, rows)])


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['graph']:<14}{row['threads']:>8}{row['bytes'] / 1000:>8.0f}"
        f"{row['ten_minutes_ms']:>12.0f}{row['cold_start_ms']:>10.0f}{row['peak_rss_mb']:>8.0f}"
    )
