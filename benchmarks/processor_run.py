"""What two graphs say here, to be run by another (emulated) processor.

    python processor_run.py GIVEN.npz TRUNK.onnx WINDOW.onnx THREADS FOUND.npz PRECISE

PRECISE False makes plain sessions, without the option that keeps products from saturating.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from firmware_bridge.runtime import session


def main(given: str, trunk: str, window: str, threads: str, found: str, precise: str) -> None:
    """Write every output of both graphs under its name."""
    arrays = dict(np.load(given, allow_pickle=False))
    samples = {"samples": arrays.pop("samples")}
    outputs = {}
    for path, feed in ((trunk, arrays), (window, samples)):
        graph = Path(path).read_bytes()
        plain = precise == "False"
        run = (
            onnxruntime.InferenceSession(graph) if plain else session(graph, path, "", int(threads))
        )
        names = [output.name for output in run.get_outputs()]
        outputs.update(zip(names, run.run(names, feed), strict=True))
    np.savez(found, **outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
