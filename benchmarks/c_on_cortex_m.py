"""The generated C of a model on an emulated Cortex-M: bytes, memory, instructions.

    python -m benchmarks.c_on_cortex_m [--core cortex-m4f] [--windows 100] [--graph FILE] [--json]

`flash_bytes` and `ram_bytes` are those of a program that links within 64 kB and 40 kB: the
network, its arena, a stack of 1 kB, start-up and the reading and writing of test files.
`instructions_per_window` are executed ones of all trunks, counted by the emulator (the largest
over the windows); cycles are not known to it. `mismatched_bytes` counts output bytes that differ
from onnxruntime's, given the same uint8 inputs. Windows are simulated; without `--graph` the
network is of `TINY`'s size with random weights that batch norm has scaled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.cortex_m import CORES, Budget, build, missing_tools, run
from export.c_source.tapped import TappedGraph
from export.c_source.trunk import Trunk
from export.c_source.write import write_c
from export.candidate import float_graphs
from export.quantise import quantise_trunk
from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.simulate.quality import quality_windows

TINY = ModelSize(width=16, embedding=16, recording_embedding=32, attention_heads=2)
BUDGET = Budget(flash=64 * 1024, ram=40 * 1024, stack=1024)
MAIN = Path(__file__).with_name("mcu") / "trunks_main.c"
SOURCES = ("fh_conv.c", "fh_trunks.c")
CALIBRATION_WINDOWS, SEED = 60, 31


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--core", default="cortex-m4f", choices=sorted(CORES))
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--graph", type=Path, help="quantised window.onnx")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    graph = args.graph.read_bytes() if args.graph else random_tiny()
    samples = quality_windows(args.windows, SEED + 1)[0]
    measured = measure_c(graph, samples, args.core)
    if args.json:
        print(json.dumps(measured, indent=1))
    else:
        print("\n".join(f"{name}: {value}" for name, value in measured.items()))


def random_tiny() -> bytes:
    """A quantised window graph of `TINY`'s size with random weights."""
    return random_tiny_graphs()[0]


def random_tiny_graphs() -> tuple[bytes, bytes]:
    """Quantised window graph and recording graph of `TINY`'s size with random weights."""
    windows = quality_windows(CALIBRATION_WINDOWS, SEED)[0]
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        model = ScreeningModel(TINY).train()
        for _ in range(5):
            model.encode_windows(torch.from_numpy(windows))
    window, recording, trunk = float_graphs(model.eval())
    return quantise_trunk(window, trunk, windows), recording


def measure_c(
    window_graph: bytes,
    samples: np.ndarray,
    core: str = "cortex-m4f",
    options: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Figures of the C that is generated from a quantised window graph, run on `samples`.

    `flash_bytes`, `ram_bytes`, `instructions_per_window`, `mismatched_bytes` (named as the module
    says), `compared_bytes`, `stack_bytes`, `multiply_adds` for float32 samples `(windows, 15000)`.
    Raises `RuntimeError` where the compiler or the emulator is missing, `CalledProcessError`
    where the program does not fit the budget, `FetalHemoError` E-EXPORT-C.
    """
    if missing := missing_tools():
        raise RuntimeError(f"not installed: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trunks = write_c(window_graph, folder)
        given, expected = trunk_bytes(window_graph, trunks, samples)
        (folder / "windows.bin").write_bytes(np.uint32(len(samples)).tobytes() + given.tobytes())
        sources = [MAIN, *(folder / source for source in SOURCES)]
        image = build(CORES[core], sources, folder / "trunks.elf", BUDGET, ["-I", name, *options])
        run(image, folder)
        found = np.fromfile(folder / "bytes.bin", np.uint8)
        *ticks, stack = np.fromfile(folder / "counts.bin", np.uint32).tolist()
    per_window = np.reshape(ticks, (len(samples), len(trunks))).sum(axis=1)
    return {
        "core": core,
        "flash_bytes": image.flash_bytes,
        "ram_bytes": image.ram_bytes,
        "instructions_per_window": round(image.core.instructions(int(per_window.max()))),
        "mismatched_bytes": int((found != expected.ravel()).sum()),
        "compared_bytes": int(expected.size),
        "stack_bytes": stack,
        "multiply_adds": sum(trunk.multiply_adds for trunk in trunks),
        "windows": len(samples),
    }


def trunk_bytes(
    window_graph: bytes, trunks: tuple[Trunk, ...], samples: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and onnxruntime's outputs of all trunks, `(windows, bytes)` each, trunk by trunk."""
    ends = [(trunk.tensors[0].name, trunk.tensors[-1].name) for trunk in trunks]
    tensors = TappedGraph(window_graph, [name for pair in ends for name in pair]).run(samples)
    rows = {name: tensor.reshape(len(samples), -1) for name, tensor in tensors.items()}
    before, after = zip(*ends, strict=True)
    return (
        np.concatenate([rows[name] for name in before], axis=1),
        np.concatenate([rows[name] for name in after], axis=1),
    )


if __name__ == "__main__":
    main()
