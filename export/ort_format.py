"""A bundle's graphs in onnxruntime's own format: larger, but a session starts three times faster.

For a runtime that is built with only the operators that these graphs need; what those are stands in
the file beside them. The graphs are optimised for ARM, never for the processor at hand: what
onnxruntime bakes in for x86 does not run on a phone.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.bundle import Bundle
from firmware_bridge.store import make_folder, write_atomically

GRAPHS = ("window", "recording")
OPERATORS = "required_operators_and_types.config"
ORIGIN = "origin.json"
TIMEOUT_S = 300


def write_ort(bundle: Bundle, out: Path | str) -> list[Path]:
    """The files now in folder `out`: two `.ort` graphs, the operators they need, their origin.

    `origin.json` names the bundle and the sha256 of each file, because these are not signed. Raises
    `FetalHemoError` E-EXPORT-GATE if onnxruntime cannot convert a graph, and E-STORAGE.
    """
    folder = make_folder(out)
    with tempfile.TemporaryDirectory() as name:
        made = _convert(bundle, Path(name))
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    origin = {"bundle_sha256": bundle.sha256, "simulated": bundle.manifest["simulated"]}
    origin |= {"notice": bundle.manifest["notice"], "sha256": hashes}
    made[ORIGIN] = (json.dumps(origin, indent=1) + "\n").encode()
    for name, data in made.items():
        write_atomically(folder / name, data)
    return [folder / name for name in made]


def _convert(bundle: Bundle, folder: Path) -> dict[str, bytes]:
    for name in GRAPHS:
        (folder / f"{name}.onnx").write_bytes(bundle.members[f"{name}.onnx"])
    done = subprocess.run(
        [
            *(sys.executable, "-m", "onnxruntime.tools.convert_onnx_models_to_ort", str(folder)),
            *("--optimization_style", "Fixed", "--target_platform", "arm"),
            "--enable_type_reduction",
        ],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    files = {path.name: path for path in folder.rglob("*") if path.suffix in (".ort", ".config")}
    wanted = {f"{name}.ort": f"{name}.ort" for name in GRAPHS}
    config = next((name for name in files if name.endswith(".config")), OPERATORS)
    wanted[OPERATORS] = config
    if done.returncode or not set(wanted.values()) <= files.keys():
        what = f"onnxruntime does not convert the graphs: {done.stderr.strip()[-200:]}"
        raise FetalHemoError("E-EXPORT-GATE", what, bundle.where)
    made = {name: files[source].read_bytes() for name, source in wanted.items()}
    made[OPERATORS] = _without_paths(made[OPERATORS])
    return made


def _without_paths(config: bytes) -> bytes:
    """The list of operators without the comment that names folders of this machine."""
    lines = [line for line in config.decode().splitlines() if not line.startswith("#")]
    return ("\n".join(lines) + "\n").encode()
