"""What export costs and saves: bytes, time, agreement, processors, and C on a microcontroller.

    python -m benchmarks.export [--bundle MODEL.fhb] [--trust FILE.pub] [--json]

`float_bytes` and `int8_bytes` are of the two graphs together, the float ones being the same network
without quantisation. `float_ms` and `int8_ms` are ten minutes through the window graph on one
thread. `max_probability_difference`, `label_flips`, `delta_auroc` and `delta_auroc_upper` are of
the bundle's own gate, on validation women of the run that it came from (`women`; `simulated` says
whether they were). `processors_equal` are those whose int8 trunk gave this processor's bytes;
`processors_not_equal` the others, with the reason. The last four are of the C that is generated for
a network of `tiny` size. A figure that cannot be had is null, and `reasons` says why.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.processors import equal_processors
from export.dequantise import in_float
from export.operators import describe_operators
from fetal_hemo.bench_graphs import bench_graphs
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys

GATE = {
    "max_probability_difference": "probability_max_abs",
    "label_flips": "label_flip_share",
    "delta_auroc": "delta_auroc",
    "delta_auroc_upper": "delta_auroc_upper",
    "women": "women",
}
IN_C = ("flash_bytes", "ram_bytes", "instructions_per_window", "mismatched_bytes")
PROCESSOR_WINDOWS, C_WINDOWS, SEED = 4, 100, 17


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE)
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[])
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    args = parser.parse_args()
    print(json.dumps(measure(open_bundle(args.bundle, trusted_keys(args.trust)))))


def measure(bundle: Bundle) -> dict[str, Any]:
    """All figures of a verified bundle, by name."""
    reasons: dict[str, str] = {}
    return {
        **sizes_and_times(bundle),
        **agreement(bundle, reasons),
        **processors(bundle),
        "float_ops": list(describe_operators(bundle.members["window.onnx"])["float"]),
        **in_c(reasons),
        "bundle_bytes": bundle.size,
        "simulated": bundle.manifest["simulated"],
        "reasons": reasons,
    }


def sizes_and_times(bundle: Bundle) -> dict[str, float]:
    """Bytes of both graphs, and milliseconds for ten minutes, in float and in int8."""
    window, recording = bundle.members["window.onnx"], bundle.members["recording.onnx"]
    twin = in_float(window)
    as_float, as_int8 = bench_graphs({"float": twin, "int8": window}, [1])
    sizes = [len(graph) + len(recording) for graph in (twin, window)]
    return {
        "float_bytes": sizes[0],
        "int8_bytes": sizes[1],
        "size_ratio": round(sizes[0] / sizes[1], 3),
        "float_ms": as_float["ten_minutes_ms"],
        "int8_ms": as_int8["ten_minutes_ms"],
    }


def agreement(bundle: Bundle, reasons: dict[str, str]) -> dict[str, float | None]:
    """What the bundle's own gate found when it was exported."""
    gate = bundle.manifest["quantisation"].get("gate", {})
    for name, key in GATE.items():
        if key not in gate:
            reasons[name] = f"the bundle's gate has no {key}: it was exported by an older version"
    return {name: gate.get(key) for name, key in GATE.items()}


def processors(bundle: Bundle) -> dict[str, Any]:
    """Processors whose int8 trunk gives the same bytes, and the others with the reason."""
    samples, _ = quality_windows(PROCESSOR_WINDOWS, SEED)
    found = equal_processors(bundle.members["window.onnx"], samples)
    equal = [name for name, same in found.items() if same is True]
    other = {name: same or "other bytes" for name, same in found.items() if same is not True}
    return {"processors_equal": equal, "processors_not_equal": other}


def in_c(reasons: dict[str, str]) -> dict[str, int | None]:
    """The generated C of a `tiny` network on an emulated Cortex-M4F."""
    try:
        from benchmarks.c_on_cortex_m import measure_c, random_tiny
    except ModuleNotFoundError as error:
        reasons["flash_bytes"] = f"no C generator here ({error.name})"
        return dict.fromkeys(IN_C)
    try:
        measured = measure_c(random_tiny(), quality_windows(C_WINDOWS, SEED)[0])
    except RuntimeError as error:
        reasons["flash_bytes"] = str(error)
        return dict.fromkeys(IN_C)
    return {name: measured[name] for name in IN_C}


if __name__ == "__main__":
    main()
