"""The int8 trunk gives the same bytes on every processor; the float rest differs by rounding.

Other processors are emulated by qemu-user. x86 without VNNI multiplies bytes into 16 bits, which
saturate unless the session is told otherwise: Haswell (AVX2) is where that would show.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.processors import HERE, emulated, missing, prepare, run, said, same_bytes
from export.candidate import smallest
from fetal_hemo.simulate.quality import quality_windows

SLOW = pytest.mark.slow
CPUS = ("Haswell", "cortex-a72")
SLOW_CPUS = ("Nehalem", "cortex-a53", "neoverse-n1")
WINDOWS, TOLERANCE = 4, 1e-4
# A front end that rounds otherwise may move a byte at the trunk's entrance by one.
ONE_BYTE = 1e-2


@pytest.fixture(scope="module")
def folder(exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both graphs, their inputs and what this processor says with one thread."""
    folder = tmp_path_factory.mktemp("processors")
    prepare(folder, smallest(exported.int8), quality_windows(WINDOWS, 17)[0])
    trunks, _ = said(folder, HERE)
    assert len(trunks) == 3
    assert all(np.ptp(values) > 50 for values in trunks.values())  # bytes that say something
    return folder


def require_same(folder: Path, name: str) -> None:
    """Trunk bytes equal, everything else within rounding."""
    assert same_bytes(folder, name)
    here, there = said(folder, HERE)[1], said(folder, name)[1]
    assert here.keys() == there.keys()
    for key, value in here.items():
        allowed = ONE_BYTE if key == "view_embeddings" else TOLERANCE
        np.testing.assert_allclose(there[key], value, rtol=0, atol=allowed, err_msg=key)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads(folder: Path, threads: int) -> None:
    run(folder, f"threads{threads}", [sys.executable], threads)
    require_same(folder, f"threads{threads}")


@pytest.mark.parametrize("cpu", [*CPUS, *(pytest.param(cpu, marks=SLOW) for cpu in SLOW_CPUS)])
def test_emulated_processor(folder: Path, cpu: str) -> None:
    if reason := missing(cpu):
        pytest.skip(reason)
    run(folder, cpu, *emulated(cpu))
    require_same(folder, cpu)


@SLOW
def test_without_the_session_option_the_emulated_haswell_is_wrong(folder: Path) -> None:
    """So the test above can fail, and the option is what makes it pass."""
    if reason := missing("Haswell"):
        pytest.skip(reason)
    run(folder, "saturating", *emulated("Haswell"), precise=False)
    assert not same_bytes(folder, "saturating")
