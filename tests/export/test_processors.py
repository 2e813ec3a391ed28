"""The int8 trunk gives the same bytes on every processor; the float rest differs by rounding.

Other processors are emulated by qemu-user. x86 without VNNI multiplies bytes into 16 bits, which
saturate unless the session is told otherwise: Haswell (AVX2) is where that would show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from export.candidate import smallest
from export.gate import Graphs
from fetal_hemo.simulate.quality import quality_windows

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("processor_run.py")
SLOW = pytest.mark.slow
X86 = ("Haswell", pytest.param("Nehalem", marks=SLOW))
ARM = ("cortex-a72", *(pytest.param(cpu, marks=SLOW) for cpu in ("cortex-a53", "neoverse-n1")))
WINDOWS, TOLERANCE = 4, 1e-4
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
ROOT = Path(os.environ.get("FETAL_HEMO_AARCH64", CACHE / "fetal-hemo" / "aarch64"))


@pytest.fixture(scope="module")
def folder(exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both graphs, their inputs and what this processor says with one thread."""
    folder = tmp_path_factory.mktemp("processors")
    window = smallest(exported.int8)
    trunk, entries = trunk_alone(window)
    samples = quality_windows(WINDOWS, 17)[0]
    tapped = onnx.load_from_string(window)
    tapped.graph.output.extend(onnx.ValueInfoProto(name=name) for name in entries)
    outputs = Graphs(tapped.SerializeToString(), exported.recording).windows(samples)
    given = {name: outputs[name] for name in entries}
    np.savez(folder / "given.npz", samples=samples, **given)
    (folder / "trunk.onnx").write_bytes(trunk)
    (folder / "window.onnx").write_bytes(window)
    run(folder, "here", [sys.executable], 1)
    return folder


def trunk_alone(graph: bytes) -> tuple[bytes, list[str]]:
    """The trunks from the first uint8 tensor to the last, and the names of the first."""
    model = onnx.load_from_string(graph)
    makers = {out: node for node in model.graph.node for out in node.output}
    constants = {tensor.name for tensor in model.graph.initializer}
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
    used = [t for t in model.graph.initializer if t.name in wanted & constants]
    shape = [None, None, None]
    inputs, outputs = (
        [helper.make_tensor_value_info(name, TensorProto.UINT8, shape) for name in names]
        for names in (entries, ends)
    )
    body = helper.make_graph(kept, "trunks", inputs, outputs, used)
    alone = helper.make_model(body, opset_imports=model.opset_import, ir_version=10)
    return alone.SerializeToString(), entries


def run(
    folder: Path, name: str, python: list[str], threads: int, site: str = "", precise: bool = True
) -> None:
    """Write NAME.npz with what a Python says, which may be an emulated one."""
    path = os.pathsep.join(filter(None, (str(PROJECT), site)))
    files = [str(folder / f) for f in ("given.npz", "trunk.onnx", "window.onnx")]
    done = subprocess.run(
        [*python, str(SCRIPT), *files, str(threads), str(folder / f"{name}.npz"), str(precise)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONNOUSERSITE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]


def require_same(folder: Path, name: str) -> None:
    """Trunk bytes equal, everything else within rounding."""
    here, there = (dict(np.load(folder / f"{n}.npz")) for n in ("here", name))
    assert here.keys() == there.keys()
    trunks = [key for key, value in here.items() if value.dtype == np.uint8]
    assert len(trunks) == 3
    for key in trunks:
        assert np.ptp(here[key]) > 50  # bytes that say something
        np.testing.assert_array_equal(there[key], here[key], key)
    for key in here.keys() - set(trunks):
        np.testing.assert_allclose(there[key], here[key], rtol=0, atol=TOLERANCE, err_msg=key)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads(folder: Path, threads: int) -> None:
    run(folder, f"threads{threads}", [sys.executable], threads)
    require_same(folder, f"threads{threads}")


@pytest.mark.parametrize("cpu", X86)
def test_x86_without_vnni(folder: Path, cpu: str) -> None:
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        pytest.skip("qemu-x86_64 is not installed (apt-get install qemu-user)")
    run(folder, cpu, [emulator, "-cpu", cpu, sys.executable], 1)
    require_same(folder, cpu)


@pytest.mark.slow
def test_without_the_session_option_the_emulated_haswell_is_wrong(folder: Path) -> None:
    """So the test above can fail, and the option is what makes it pass."""
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        pytest.skip("qemu-x86_64 is not installed (apt-get install qemu-user)")
    run(folder, "saturating", [emulator, "-cpu", "Haswell", sys.executable], 1, precise=False)
    with pytest.raises(AssertionError, match="QuantizeLinear"):
        require_same(folder, "saturating")


@pytest.mark.parametrize("cpu", ARM)
def test_arm(folder: Path, cpu: str) -> None:
    emulator = shutil.which("qemu-aarch64")
    if emulator is None:
        pytest.skip("qemu-aarch64 is not installed (apt-get install qemu-user)")
    if not (ROOT / "ready").exists():
        pytest.skip(f"no aarch64 Python in {ROOT} (run .ci/aarch64_root)")
    python = [
        emulator,
        "-L",
        str(ROOT / "root"),
        "-cpu",
        cpu,
        str(ROOT / "root/usr/bin/python3.11"),
    ]
    run(folder, cpu, python, 1, str(ROOT / "site"))
    require_same(folder, cpu)
