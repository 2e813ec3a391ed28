"""The same graphs on other processors, emulated by qemu-user: which give the same int8 bytes?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper

from firmware_bridge.runtime import session

PROJECT = Path(__file__).resolve().parents[1]
SCRIPT = Path(__file__).with_name("processor_run.py")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
ROOT = Path(os.environ.get("FETAL_HEMO_AARCH64", CACHE / "fetal-hemo" / "aarch64"))
HERE = "host"
X86 = ("Haswell", "Nehalem")
ARM = ("cortex-a53", "cortex-a72", "neoverse-n1")
THREADS = (2, 4)
TIMEOUT_S = 240


class Trunks(NamedTuple):
    """The trunks of a window graph alone, from its first uint8 tensors to its last."""

    graph: bytes
    entries: list[str]


def equal_processors(window: bytes, samples: np.ndarray) -> dict[str, bool | str]:
    """For each processor and number of threads: are the trunks' bytes those of this one?

    A text instead says why it could not be tried. `samples` is `(windows, 15000)`.
    """
    found: dict[str, bool | str] = {HERE: True}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, window, samples)
        for threads in THREADS:
            run(folder, f"{HERE}, {threads} threads", [sys.executable], threads)
            found[f"{HERE}, {threads} threads"] = same_bytes(folder, f"{HERE}, {threads} threads")
        for cpu in (*X86, *ARM):
            reason = missing(cpu)
            if not reason:
                run(folder, cpu, *emulated(cpu))
            found[cpu] = reason or same_bytes(folder, cpu)
    return found


def prepare(folder: Path, window: bytes, samples: np.ndarray) -> None:
    """Write both graphs, their inputs, and what this processor says with one thread."""
    trunks = trunks_alone(window)
    tapped = onnx.load_from_string(window)
    del tapped.graph.output[:]
    tapped.graph.output.extend(onnx.ValueInfoProto(name=name) for name in trunks.entries)
    feed = {"samples": samples}
    given = session(tapped.SerializeToString(), "window.onnx", "here").run(trunks.entries, feed)
    np.savez(folder / "given.npz", samples=samples, **dict(zip(trunks.entries, given, strict=True)))
    (folder / "trunk.onnx").write_bytes(trunks.graph)
    (folder / "window.onnx").write_bytes(window)
    run(folder, HERE, [sys.executable], 1)


def trunks_alone(graph: bytes) -> Trunks:
    """The `Trunks` of a quantised window graph."""
    model = onnx.load_from_string(graph)
    makers = {out: node for node in model.graph.node for out in node.output}
    quantised = [n for n in model.graph.node if n.op_type == "QuantizeLinear"]
    inner = [n for n in quantised if makers[n.input[0]].op_type == "Conv"]
    entries = [n.output[0] for n in quantised if makers[n.input[0]].op_type != "Conv"]
    read = {makers[makers[n.input[0]].input[0]].input[0] for n in inner}
    ends = [n.output[0] for n in inner if n.output[0] not in read]
    kept, wanted = [], set(ends)
    for node in reversed(model.graph.node):
        if wanted.intersection(node.output) and not set(entries).intersection(node.output):
            kept.insert(0, node)
            wanted.update(node.input)
    used = [tensor for tensor in model.graph.initializer if tensor.name in wanted]
    inputs, outputs = (
        [helper.make_tensor_value_info(name, TensorProto.UINT8, [None] * 3) for name in names]
        for names in (entries, ends)
    )
    body = helper.make_graph(kept, "trunks", inputs, outputs, used)
    alone = helper.make_model(body, opset_imports=model.opset_import, ir_version=model.ir_version)
    return Trunks(alone.SerializeToString(), entries)


def missing(cpu: str) -> str:
    """Why a processor cannot be emulated here, or nothing."""
    emulator = "qemu-x86_64" if cpu in X86 else "qemu-aarch64"
    if shutil.which(emulator) is None:
        return f"{emulator} is not installed (apt-get install qemu-user)"
    if cpu in ARM and not (ROOT / "complete").exists():
        return f"no aarch64 Python in {ROOT} (run tests/emulated/fetch_aarch64.sh)"
    return ""


def emulated(cpu: str) -> tuple[list[str], int, str]:
    """The Python of an emulated processor, its threads, and where its packages are."""
    if cpu in X86:
        return ["qemu-x86_64", "-cpu", cpu, sys.executable], 1, ""
    python = str(ROOT / "root/usr/bin/python3.11")
    return ["qemu-aarch64", "-L", str(ROOT / "root"), "-cpu", cpu, python], 1, str(ROOT / "site")


def run(
    folder: Path, name: str, python: list[str], threads: int, site: str = "", precise: bool = True
) -> None:
    """Write NAME.npz with what a Python says. Raises `RuntimeError` if that process fails."""
    files = [str(folder / f) for f in ("given.npz", "trunk.onnx", "window.onnx")]
    done = subprocess.run(
        [*python, str(SCRIPT), *files, str(threads), str(folder / f"{name}.npz"), str(precise)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), site))),
            "PYTHONNOUSERSITE": "1",
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2_000:]}")


def said(folder: Path, name: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What NAME said, by output: bytes of the trunks, and numbers of the window graph."""
    arrays = dict(np.load(folder / f"{name}.npz", allow_pickle=False))
    trunks = {key: value for key, value in arrays.items() if value.dtype == np.uint8}
    return trunks, {key: value for key, value in arrays.items() if key not in trunks}


def same_bytes(folder: Path, name: str) -> bool:
    """Whether the trunks of NAME gave the bytes of this processor."""
    here, there = said(folder, HERE)[0], said(folder, name)[0]
    return here.keys() == there.keys() and all(
        np.array_equal(there[key], value) for key, value in here.items()
    )
