"""Screening ten minutes of sound on one thread: whole processes, medians of several runs.

    python -m benchmarks.screen [--bundle MODEL.fhb] [--runs 7] [--json]

`cold_start_s` is from process start to a verified, self-tested model, `screen_s` one screening
inside a process, `process_s` everything from process start to exit, `peak_rss_mb` its memory.
Modules are compiled before, as pip does on installing, whatever the environment says.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from firmware_bridge.screen import DEFAULT_BUNDLE

RECORDING_S, RATE_HZ = 600, 4_000
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

READY = """
import sys
from firmware_bridge.screen import Screener
screener = Screener.load(sys.argv[1])
print("ready", flush=True)
"""
SCREEN = (
    READY
    + """
import time
start = time.perf_counter()
screener.screen_file(sys.argv[2])
print(time.perf_counter() - start)
"""
)
# VmHWM and not ru_maxrss: the latter begins with the memory of the process that forked.
WHOLE = """
import sys
from firmware_bridge.cli import main
main(sys.argv[1:])
lines = open("/proc/self/status").read().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


def main() -> None:
    args = bundle_and_runs(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording.wav"
        soundfile.write(recording, ten_minutes(), RATE_HZ)
        print(json.dumps(measure(args.bundle, recording, args.runs)))


def bundle_and_runs(doc: str) -> argparse.Namespace:
    """The arguments of a benchmark of one bundle."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    return parser.parse_args()


def measure(bundle: Path, recording: Path, runs: int) -> dict[str, float]:
    """Medians over `runs` processes of each kind; the first of each warms the disk's cache."""
    cold, screen, whole, memory = [], [], [], []
    for run in range(runs + 1):
        ready = cold_start_s(bundle)
        with one_thread_python("-c", SCREEN, str(bundle), str(recording)) as process:
            assert process.stdout is not None
            inside = float(process.stdout.read().split()[-1])
        seconds, rss = whole_process(bundle, recording)
        if run:
            cold.append(ready)
            screen.append(inside)
            whole.append(seconds)
            memory.append(rss)
    screen_s = statistics.median(screen)
    return {
        "cold_start_s": round(statistics.median(cold), 3),
        "screen_s": round(screen_s, 3),
        "process_s": round(statistics.median(whole), 3),
        "times_real_time": round(RECORDING_S / screen_s),
        "peak_rss_mb": round(max(memory), 1),
        "bundle_bytes": bundle.stat().st_size,
        "runs": runs,
    }


def cold_start_s(bundle: Path) -> float:
    """Seconds from process start to a verified, self-tested model."""
    start = time.perf_counter()
    with one_thread_python("-c", READY, str(bundle)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - start


def one_thread_python(*arguments: str) -> subprocess.Popen[str]:
    """A Python process whose libraries keep to one thread."""
    environment = {**os.environ, **ONE_THREAD}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def whole_process(bundle: Path, recording: Path) -> tuple[float, float]:
    """Seconds and peak resident memory in MB of a process that screens one file."""
    arguments = ["screen", str(recording), "--bundle", str(bundle), "--json"]
    start = time.perf_counter()
    with one_thread_python("-c", WHOLE, *arguments) as process:
        _, peak = process.communicate()
    return time.perf_counter() - start, int(peak.split()[-2]) / 1024


def ten_minutes() -> np.ndarray:
    """A beat-like recording: noise whose loudness rises 2.4 times a second."""
    time_s = np.arange(RECORDING_S * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(0).normal(0.0, 0.1, len(time_s))
    loudness = 0.1 + np.maximum(0.0, np.sin(2 * np.pi * 2.4 * time_s)) ** 4
    return (noise * loudness).astype(np.float32)


if __name__ == "__main__":
    main()
