"""What the emulated Python runs: the int8 trunk on given tensors, and a screening.

python on_aarch64.py TRUNK.onnx INPUTS.npz OUTPUTS.npz RECORDING.wav RESULT.json
"""

import json
import sys
from pathlib import Path

import numpy as np

from firmware_bridge.runtime import session
from firmware_bridge.screen import Screener


def run_trunk(graph: str, inputs: str, outputs: str) -> None:
    """Write every output of the trunk by its name."""
    trunk = session(Path(graph).read_bytes(), "trunk", graph)
    names = [output.name for output in trunk.get_outputs()]
    with np.load(inputs) as given:
        found = trunk.run(names, dict(given))
    np.savez(outputs, **dict(zip(names, found, strict=True)))


if __name__ == "__main__":
    run_trunk(*sys.argv[1:4])
    Path(sys.argv[5]).write_text(json.dumps(Screener.load().screen_file(sys.argv[4]).to_json()))
