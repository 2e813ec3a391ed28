"""The C on emulated microcontrollers: the same bytes, within the memory of a small part."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.c_on_cortex_m import BUDGET, MAIN, SOURCES, measure_c
from benchmarks.cortex_m import CORES, Budget, build, missing_tools, run
from export.c_source.write import write_c
from tests.export.c_source.conftest import Layer

FIRST_VIEW = [Layer(16, 7, 3, 3), Layer(16, 5, 2, 2), Layer(16, 3, 1, 1), Layer(16, 3, 1, 1)]


@pytest.fixture(autouse=True)
def _tools() -> None:
    if missing := missing_tools():
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def graph(handmade) -> bytes:
    """The shape of the first view of the smallest model."""
    return handmade(FIRST_VIEW, 32).SerializeToString()


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(20, 15_000)).astype(np.float32)


@pytest.mark.parametrize("core", CORES)
def test_bytes_memory_and_instructions(graph, samples, core: str) -> None:
    measured = measure_c(graph, samples, core)
    assert measured["compared_bytes"] == 20 * 125 * 16
    assert measured["mismatched_bytes"] == 0
    assert measured["stack_bytes"] <= 512
    per_product = measured["instructions_per_window"] / measured["multiply_adds"]
    assert 0.5 < per_product < (6.0 if core == "cortex-m3" else 2.0)  # M3 has no dual products


@pytest.mark.parametrize("option", ["-DFH_FIXED_POINT", "-O3", "-ffp-contract=fast"])
def test_other_builds(graph, samples, option: str) -> None:
    measured = measure_c(graph, samples, "cortex-m4f", ("-std=gnu11", option))
    share = measured["mismatched_bytes"] / measured["compared_bytes"]
    assert share <= (1e-3 if option == "-DFH_FIXED_POINT" else 0.0)


def test_a_program_beyond_the_budget_does_not_link(graph, tmp_path: Path) -> None:
    write_c(graph, tmp_path)
    sources = [MAIN, *(tmp_path / name for name in SOURCES)]
    options = ["-I", str(tmp_path)]
    for budget in (Budget(8_192, BUDGET.ram, 1_024), Budget(BUDGET.flash, 20_480, 1_024)):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            build(CORES["cortex-m4f"], sources, tmp_path / "a.elf", budget, options)
        assert "overflowed by" in caught.value.stderr


def test_a_program_that_fails_is_seen(graph, tmp_path: Path) -> None:
    """No windows.bin: main returns 2, and so does the emulator. An instruction of a larger core
    on a smaller one ends in the fault handler."""
    write_c(graph, tmp_path)
    sources = [MAIN, *(tmp_path / name for name in SOURCES)]
    image = build(CORES["cortex-m4f"], sources, tmp_path / "a", BUDGET, ["-I", str(tmp_path)])
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(image, tmp_path)
    assert caught.value.returncode == 2
    (tmp_path / "windows.bin").write_bytes(np.uint32(1).tobytes() + bytes(24_000))
    wrong = type(image)(image.path, CORES["cortex-m3"], 0, 0)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(wrong, tmp_path)
    assert caught.value.returncode == 99
