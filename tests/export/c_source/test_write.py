"""The C says what onnxruntime says, byte for byte, on this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.c_source.write import write_c
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.errors import FetalHemoError
from tests.export.c_source.conftest import Layer, compile_c, ends

SHAPES = {
    "tiny's first view": ([Layer(16, 7, 3, 3), Layer(16, 5, 2, 2), Layer(16, 3, 1, 1)], 32, 750),
    "one channel, odd length": ([Layer(4, 7, 3, 3), Layer(6, 5, 2, 2)], 1, 395),
    "widening, no padding": ([Layer(8, 1, 1, 0), Layer(24, 4, 1, 0), Layer(2, 3, 2, 1)], 2, 101),
    "patches that end inside a word": ([Layer(10, 3, 1, 1), Layer(6, 7, 2, 3)], 5, 77),
}


def noise(windows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(windows, 15_000)).astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("per_tensor", [False, True])
def test_bytes_of_qlinearconv(handmade, host_c, shape: str, per_tensor: bool) -> None:
    layers, channels, steps = SHAPES[shape]
    graph = handmade(layers, channels, steps, 3, per_tensor).SerializeToString()
    built = host_c(graph)
    ((given, expected),) = ends(graph, built.trunks, noise(20, 4))
    assert len(np.unique(expected)) > 100  # neither all clipped nor all alike
    np.testing.assert_array_equal(built.run(0, given), expected)


def test_a_trained_form_of_graph_with_three_views(exported, host_c) -> None:
    """The exporter's own graph: names of views, order, and the bytes of 50 simulated windows."""
    _equal(exported.int8, host_c(exported.int8), quality_windows(50, 41)[0])


@pytest.mark.slow
def test_a_thousand_windows(exported, host_c) -> None:
    _equal(exported.int8, host_c(exported.int8), quality_windows(1_000, 42)[0])


def _equal(graph: bytes, built, samples: np.ndarray) -> None:
    assert [trunk.name for trunk in built.trunks] == ["time_frequency", "envelope", "rhythm"]
    for i, (given, expected) in enumerate(ends(graph, built.trunks, samples)):
        np.testing.assert_array_equal(built.run(i, given), expected)


@pytest.mark.parametrize("options", ["-O0", "-O3 -std=gnu11 -ffp-contract=fast -mfma"])
def test_no_compiler_option_changes_a_byte(handmade, host_c, options: str) -> None:
    """Contraction of multiply and add would skip a rounding."""
    if "-mfma" in options and " fma " not in Path("/proc/cpuinfo").read_text():
        pytest.skip("this processor has no fused multiply-add")
    graph = handmade(SHAPES["tiny's first view"][0], 32).SerializeToString()
    built = host_c(graph, *options.split())
    ((given, expected),) = ends(graph, built.trunks, noise(20, 5))
    np.testing.assert_array_equal(built.run(0, given), expected)


def test_fixed_point_differs_by_one_at_most_and_rarely(handmade, host_c) -> None:
    """Of one layer; through several layers a difference of 1 is carried on."""
    graph = handmade([Layer(16, 7, 3, 3)], 32).SerializeToString()
    built = host_c(graph, "-O2", "-DFH_FIXED_POINT")
    ((given, expected),) = ends(graph, built.trunks, noise(200, 6))
    difference = np.abs(built.run(0, given).astype(int) - expected)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-4


def test_fixed_point_uses_no_float(handmade, tmp_path: Path) -> None:
    write_c(handmade([Layer(4, 3, 1, 1)]).SerializeToString(), tmp_path)
    source, assembly = tmp_path / "fh_conv.c", tmp_path / "fh_conv.s"
    compile_c(["-O2", "-DFH_FIXED_POINT", "-S", str(source), "-o", str(assembly)])
    assert not {"mulss", "addss", "cvtsi2ssl"} & set(assembly.read_text().split())


def test_golden_vectors_under_the_sanitizers(exported, tmp_path: Path) -> None:
    write_c(exported.int8, tmp_path)
    sources = [str(tmp_path / f"{name}.c") for name in ("fh_conv", "fh_trunks", "fh_check")]
    checks = "-fsanitize=address,undefined", "-fno-sanitize-recover=all"
    compile_c(["-O1", "-g", *checks, *sources, "-o", str(tmp_path / "check")])
    done = subprocess.run([str(tmp_path / "check")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": 0 of ") == 3


def test_the_check_finds_a_wrong_weight(exported, tmp_path: Path) -> None:
    write_c(exported.int8, tmp_path)
    text = (tmp_path / "fh_trunks.c").read_text()
    at = text.index("envelope_0_bias[")
    first = text.index("{", at) + 1
    (tmp_path / "fh_trunks.c").write_text(text[:first] + " 90000 +" + text[first:])
    sources = [str(tmp_path / f"{name}.c") for name in ("fh_conv", "fh_trunks", "fh_check")]
    compile_c(["-O1", *sources, "-o", str(tmp_path / "check")])
    done = subprocess.run([str(tmp_path / "check")], capture_output=True, text=True)
    assert done.returncode == 1
    assert "time_frequency: 0 of" in done.stdout
    assert "envelope: 0 of" not in done.stdout


def test_neither_heap_nor_mathematics_library(exported, tmp_path: Path) -> None:
    write_c(exported.int8, tmp_path)
    wanted = set()
    for name in ("fh_conv", "fh_trunks"):
        out = tmp_path / f"{name}.o"
        compile_c(["-O2", "-fno-pic", "-c", str(tmp_path / f"{name}.c"), "-o", str(out)])
        table = subprocess.run(["nm", "-u", out], capture_output=True, text=True, check=True)
        wanted |= set(table.stdout.split()) - {"U"}
        table = subprocess.run(["nm", out], capture_output=True, text=True, check=True)
        kinds = {line.split()[-2] for line in table.stdout.splitlines()}
        assert not kinds & set("bBDC"), "a variable that is not constant"
    assert wanted <= {"memset", "memcpy"}


def test_same_graph_same_bytes(exported, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_c(exported.int8, tmp_path / name)
    files = sorted((tmp_path / "a").iterdir())
    assert len(files) == 6
    for file in files:
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
        assert str(tmp_path).encode() not in file.read_bytes()


def test_a_folder_that_cannot_be_made(exported, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        write_c(exported.int8, tmp_path / "file" / "c")
