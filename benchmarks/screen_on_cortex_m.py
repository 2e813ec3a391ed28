"""A whole screening on an emulated Cortex-M: samples in, verdict out.

    python -m benchmarks.screen_on_cortex_m [--windows 8] [--bundle FILE] [--json]

For each core: `flash_bytes` and `ram_bytes` of a program that links within 128 kB and 64 kB
(library, state for 160 windows, stack, start-up, test files), `instructions_per_window` of 3.75 s
of audio, all in (the largest), `stack_bytes` used. Without `--bundle` the network has the smallest
size and random weights. Sound is simulated.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.c_on_cortex_m import SEED, random_tiny_graphs
from benchmarks.cortex_m import (
    BOARD,
    CORES,
    Budget,
    Image,
    build,
    build_library,
    missing_tools,
    run,
)
from export.c_source.write import write_screening_c
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys

BUDGET = Budget(flash=128 * 1024, ram=64 * 1024, stack=2_048)
SCREENING_CORES = ("cortex-m4f", "cortex-m7", "cortex-m55")
CANDIDATES = 3
WINDOW = np.dtype(
    [
        ("centi_bpm", "<u2", CANDIDATES),
        ("confidence", "<i2"),
        ("still", "<u2"),
        ("evidence", "u1", CANDIDATES),
        ("padding", "u1"),
    ]
)
VERDICT = np.dtype([("logits", "<f4", 4), ("probability", "<f4"), ("above", "<i4")])


class Screening(NamedTuple):
    """What the board said and what it took."""

    windows: np.ndarray  # (windows,) of `WINDOW`
    verdict: np.void  # of `VERDICT`
    figures: dict[str, Any]


def main() -> None:
    """Measure every core and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=8)
    parser.add_argument("--bundle", type=Path, help="of the smallest size: others do not fit")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    bundle = open_bundle(args.bundle, trusted_keys()) if args.bundle else random_tiny_bundle()
    measured = measure_mcu(bundle, quality_windows(args.windows, SEED + 2)[0])
    if args.json:
        print(json.dumps(measured, indent=1))
    else:
        for core, figures in measured.items():
            print(core, *(f"{name} {value}" for name, value in figures.items()))


def measure_mcu(bundle: Bundle, windows: np.ndarray) -> dict[str, dict[str, Any]]:
    """Figures of each core for float32 windows `(windows, 15000)`; raises as `screen_on`."""
    samples = to_integers(windows)
    usable = np.ones(len(windows), np.uint8)
    return {core: screen_on(core, bundle, samples, usable).figures for core in SCREENING_CORES}


def random_tiny_bundle() -> Bundle:
    """An unsigned bundle of the smallest size with random weights and the shipped rules."""
    manifest = open_bundle(DEFAULT_BUNDLE, trusted_keys()).manifest
    window, recording = random_tiny_graphs()
    members = {"window.onnx": window, "recording.onnx": recording}
    return Bundle(manifest, members, "", 0, "random weights")


def to_integers(samples: np.ndarray) -> np.ndarray:
    """int16 of float samples in -1 to 1."""
    return np.clip(np.rint(samples * 32_767), -32_768, 32_767).astype("<i2")


def screen_on(core: str, bundle: Bundle, samples: np.ndarray, usable: np.ndarray) -> Screening:
    """`Screening` of int16 samples at 4 kHz; `usable` has a flag for each whole window.

    Raises `RuntimeError` where a tool is missing, `CalledProcessError` where the program does not
    fit or fails.
    """
    if missing := missing_tools():
        raise RuntimeError(f"not installed: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_screening_c(bundle, folder)
        return screen_in(folder, core, samples, usable)


def screen_in(
    folder: Path, core: str, samples: np.ndarray, usable: np.ndarray, budget: Budget = BUDGET
) -> Screening:
    """The same with the C that has been written into `folder`."""
    return screen_with(link(folder, core, budget), samples, usable)


def link(folder: Path, core: str, budget: Budget = BUDGET) -> Image:
    """The test programme of the C in `folder`; raises `CalledProcessError` beyond the budget."""
    library = build_library(CORES[core], folder)
    sources = [BOARD / "screen_main.c", library]
    return build(CORES[core], sources, folder / "screen.elf", budget, ["-I", str(folder)])


def screen_with(image: Image, samples: np.ndarray, usable: np.ndarray) -> Screening:
    """`Screening` by a linked programme, in whose folder its files are written."""
    folder = image.path.parent
    samples.astype("<i2").tofile(folder / "samples.bin")
    usable.astype(np.uint8).tofile(folder / "usable.bin")
    run(image, folder)
    *ticks, stack = np.fromfile(folder / "ticks.bin", "<u4").tolist()
    figures = {
        "flash_bytes": image.flash_bytes,
        "ram_bytes": image.ram_bytes,
        "instructions_per_window": round(image.core.instructions(max(ticks))),
        "stack_bytes": stack,
    }
    windows = np.fromfile(folder / "windows.bin", WINDOW)
    return Screening(windows, np.fromfile(folder / "verdict.bin", VERDICT)[0], figures)


if __name__ == "__main__":
    main()
