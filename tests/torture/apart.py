"""Tries in a process apart, which may hang or die: both are found, and named by their try.

    python -m tests.torture.apart MODULE FOLDER SEED FIRST LAST

runs `MODULE.prepare(folder)` and then `MODULE.one(prepared, draw)` for each try; that gives a word.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path

from tests.torture.programme import ONLY, Programme, generator

PROJECT = Path(__file__).resolve().parents[2]
HANG_S, HANG_ASLEEP_S = 5, 60  # of processor time, and of any time
BLOCK = 2_000  # tries of one process


def run_apart(programme: Programme, module: str, folder: Path) -> None:
    """All tries of `programme`; facts: the largest memory and the longest try."""
    first, last = (0, programme.tries) if ONLY is None else (int(ONLY), int(ONLY) + 1)
    for start in range(first, last, BLOCK):
        _block(programme, module, folder, start, min(start + BLOCK, last))


def _block(programme: Programme, module: str, folder: Path, first: int, last: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    what = (module, folder, programme.name, programme.seed, first, last)
    command = [sys.executable, "-m", "tests.torture.apart", *map(str, what)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=PROJECT, check=False
    )
    reached = folder / "reached"
    programme.number = int(reached.read_text() or first) if reached.exists() else first
    hung = done.returncode in (-signal.SIGALRM, -signal.SIGPROF)
    assert not hung, f"a try took more than {HANG_S} s"
    assert done.returncode >= 0, f"killed by {signal.Signals(-done.returncode).name}"
    assert done.returncode == 0, done.stderr[-3_000:]
    said = json.loads(done.stdout.splitlines()[-1])
    for word, times in said["happened"].items():
        programme.count(word, times)
    programme.largest("largest_mib", said["largest_mib"])
    programme.largest("longest_s", said["longest_s"])


def largest_mib() -> float:
    """The largest memory of this process so far; getrusage would count that of its parent."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1_024, 1)


def main(module: str, folder: Path, name: str, seed: int, first: int, last: int) -> None:
    """Run tries, noting before each which it is."""
    work = import_module(module)
    prepared = work.prepare(folder)
    happened: Counter[str] = Counter()
    longest = 0.0
    with (folder / "reached").open("w") as reached:
        for number in range(first, last):
            reached.seek(0)
            reached.write(f"{number}")
            reached.flush()
            signal.setitimer(signal.ITIMER_PROF, HANG_S)  # its default action ends the process
            signal.alarm(HANG_ASLEEP_S)
            started = time.process_time()
            happened[work.one(prepared, generator(name, seed, number))] += 1
            longest = max(longest, time.process_time() - started)
            signal.alarm(0)
            signal.setitimer(signal.ITIMER_PROF, 0)
    said = {"happened": happened, "largest_mib": largest_mib(), "longest_s": round(longest, 4)}
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:7]))
