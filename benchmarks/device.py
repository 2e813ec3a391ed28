"""Ten minutes of sound on what a device has: Python wrapper, C library, microcontroller.

    python -m benchmarks.device [--bundle MODEL.fhb] [--runs 7] [--json]

At the top level the Python wrapper on a 4 kHz FLAC, under `wav_44k1` the same on a 44.1 kHz WAV,
under `c` the C library on a 4 kHz WAV, under `mcu` each core. `import_s` is the import of the
wrapper, `cold_start_s` from process start to a self-tested model, `screen_10min_s` a whole
process from start to exit, `peak_rss_mb` its memory. Medians on one thread, memory the largest.
What cannot be measured here is null, with a `reason`.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import onnxruntime
import soundfile
import soxr

import firmware_bridge
from benchmarks.screen import (
    RATE_HZ,
    bundle_and_runs,
    cold_start_s,
    one_thread_python,
    ten_minutes,
    whole_process,
)
from firmware_bridge.bundle import open_bundle
from firmware_bridge.trust import trusted_keys

C_SOURCES = Path(firmware_bridge.__file__).parent / "c"
T = TypeVar("T")
CORES = ("cortex_m4f", "cortex_m7", "cortex_m55")
MCU_WINDOWS = 8

IMPORT = """
import time
start = time.perf_counter()
import firmware_bridge.screen
print(time.perf_counter() - start)
"""
# A process's largest memory counts from the one that forked it: a small one has to be in between.
LAUNCH = """
import os, sys, time
start = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(process, 0)
print(time.perf_counter() - start, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


def main() -> None:
    args = bundle_and_runs(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(args.bundle, Path(folder), args.runs)
    print(json.dumps(measured))


def measure(bundle: Path, folder: Path, runs: int) -> dict[str, Any]:
    """All numbers; recordings and the compiled library go to `folder`."""
    sound = ten_minutes()
    flac, wav, wav_44k1 = (folder / name for name in ("4k.flac", "4k.wav", "44k1.wav"))
    soundfile.write(flac, sound, RATE_HZ)
    soundfile.write(wav, sound, RATE_HZ)
    soundfile.write(wav_44k1, soxr.resample(sound, RATE_HZ, 44_100), 44_100)
    return {
        **measure_python(bundle, flac, runs),
        "wav_44k1": measure_python(bundle, wav_44k1, runs),
        "c": measure_c(bundle, wav, folder / "c", runs),
        "mcu": measure_mcu(),
        "bundle_bytes": bundle.stat().st_size,
        "runs": runs,
    }


def measure_python(bundle: Path, recording: Path, runs: int) -> dict[str, float]:
    """The wrapper on one recording."""
    whole = repeat(lambda: whole_process(bundle, recording), runs)
    return {
        "import_s": median(repeat(import_s, runs)),
        "cold_start_s": median(repeat(lambda: cold_start_s(bundle), runs)),
        "screen_10min_s": median([seconds for seconds, _ in whole]),
        "peak_rss_mb": round(max(rss for _, rss in whole), 1),
    }


def measure_c(bundle: Path, recording: Path, folder: Path, runs: int) -> dict[str, Any]:
    """The example program of the C library, compiled here."""
    program = compile_c(folder)
    library = sorted((Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so*"))
    if program is None or not library:
        reason = "no C compiler and make" if program is None else "no onnxruntime shared library"
        return {"screen_10min_s": None, "peak_rss_mb": None, "reason": reason}
    key = signers_key(bundle, folder / "signer.pub")
    command = [str(path) for path in (program, library[0], bundle, key, recording)]
    found = repeat(lambda: launched(command), runs)
    return {
        "screen_10min_s": median([seconds for seconds, _ in found]),
        "peak_rss_mb": round(max(rss for _, rss in found), 1),
    }


def signers_key(bundle: Path, path: Path) -> Path:
    """`path`, after the public key that signed the bundle was written there."""
    keys = trusted_keys()
    signer = open_bundle(bundle, keys).manifest["signing_key_id"]
    path.write_text(keys[signer].hex() + "\n")
    return path


def measure_mcu() -> dict[str, Any]:
    """`flash_bytes`, `ram_bytes` and `instructions_per_window` of each core's firmware.

    Of a network of the smallest size with random weights; null with a reason without the tools.
    """
    from benchmarks import screen_on_cortex_m as board  # brings torch, which a device has not
    from fetal_hemo.simulate.quality import quality_windows

    try:
        windows, _ = quality_windows(MCU_WINDOWS, 0)
        measured = board.measure_mcu(board.random_tiny_bundle(), windows)
    except RuntimeError as error:
        return {**dict.fromkeys(CORES), "reason": str(error)}
    return {core.replace("-", "_"): figures for core, figures in measured.items()}


def compile_c(folder: Path) -> Path | None:
    """The example program, or None where there is no compiler."""
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None or shutil.which("make") is None:
        return None
    variables = [f"BUILD={folder}", f"CC={compiler}"]
    subprocess.run(["make", "-s", "-C", str(C_SOURCES), *variables], check=True)
    return folder / "screen_wav"


def import_s() -> float:
    """Seconds to import the wrapper in a new process."""
    with one_thread_python("-c", IMPORT) as process:
        return float(process.communicate()[0])


def launched(command: list[str]) -> tuple[float, float]:
    """Seconds and peak resident memory in MB of a program that gives a result."""
    with one_thread_python("-S", "-c", LAUNCH, *command) as process:
        seconds, rss, status = process.communicate()[0].split()
    if int(status) not in (0, 4):
        sys.exit(f"{command[0]} ended with status {status}")
    return float(seconds), float(rss)


def repeat(job: Callable[[], T], runs: int) -> list[T]:
    """What `runs` calls give; before several, one more warms the disk's cache."""
    return [job() for _ in range(runs + (runs > 1))][-runs:]


def median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


if __name__ == "__main__":
    main()
