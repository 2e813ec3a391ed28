"""What other programs are compiled against: exported names, sizes, numbers."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from firmware_bridge import __version__
from firmware_bridge.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.errors import CATALOGUE
from firmware_bridge.rhythm.lags import LAGS_S

from .conftest import SOURCES, Library, Options, Summary, Window

HEADER = (SOURCES / "include" / "fetal_hemo.h").read_text()
FUNCTIONS = {
    *("fh_abi_version", "fh_open", "fh_rate", "fh_push", "fh_push_int16", "fh_identify"),
    *("fh_result", "fh_windows", "fh_beats", "fh_json", "fh_reset", "fh_close"),
    *("fh_message", "fh_code", "fh_exit_status"),
}
STATUS = {name: int(value) for name, value in re.findall(r"FH_([EA]_[A-Z_]+) = (\d+)", HEADER)}

SIZES = """
#include <stdio.h>
#include "fetal_hemo.h"
int main(void)
{
    printf("%zu %zu %zu %d %d %d\\n", sizeof(fh_options), sizeof(fh_summary), sizeof(fh_window),
           FH_SAMPLE_RATE_HZ, FH_WINDOW_SAMPLES, FH_ABI_VERSION);
    return 0;
}
"""


def test_exactly_these_names_are_exported(built: Path) -> None:
    shown = subprocess.run(
        ["nm", "-D", "--defined-only", str(built / "libfetal_hemo.so")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {line.split()[-1] for line in shown.stdout.splitlines()} == FUNCTIONS


def test_nothing_is_global(built: Path) -> None:
    """No writable data of our own: handles are independent, on any thread."""
    shown = subprocess.run(
        ["size", "-A", str(built / "libfetal_hemo.a")], capture_output=True, text=True, check=True
    )
    sections = [line.split()[:2] for line in shown.stdout.splitlines() if line.startswith(".")]
    assert sum(int(size) for name, size in sections if name == ".text") > 10_000
    writable = (".data", ".bss", ".tdata", ".tbss")
    assert {size for name, size in sections if name in writable} == {"0"}


def test_sizes_are_those_that_were_published(tmp_path: Path, library: Library) -> None:
    source, program = tmp_path / "sizes.c", tmp_path / "sizes"
    source.write_text(SIZES)
    include = f"-I{SOURCES / 'include'}"
    subprocess.run(
        ["gcc", "-std=c99", "-Wall", "-Werror", include, source, "-o", program], check=True
    )
    found = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    assert [int(word) for word in found[:3]] == [32, 176, 48]
    assert [ctypes.sizeof(kind) for kind in (Options, Summary, Window)] == [32, 176, 48]
    assert [int(word) for word in found[3:]] == [SAMPLE_RATE_HZ, WINDOW_SAMPLES, 1]
    assert library.c.fh_abi_version() == 1


def test_header_is_cplusplus_too(tmp_path: Path) -> None:
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    source = tmp_path / "a.cpp"
    source.write_text('#include "fetal_hemo.h"\nint main() { return fh_abi_version() - 1; }\n')
    command = ["g++", "-Wall", "-Werror", "-fsyntax-only", f"-I{SOURCES / 'include'}", str(source)]
    subprocess.run(command, check=True)


def test_numbers_stand_for_the_codes_of_the_catalogue(library: Library) -> None:
    assert STATUS
    for name, number in STATUS.items():
        code = name.replace("_", "-")
        assert library.code(number) == code
        assert library.c.fh_exit_status(number) == CATALOGUE[code].exit_status
    assert len(set(STATUS.values())) == len(STATUS)
    named = {code for number in range(-5, 300) if (code := library.code(number))}
    assert named <= {*CATALOGUE, ""}
    assert library.code(0) == ""
    assert library.code(299) is None
    assert library.c.fh_exit_status(299) == -1


def test_every_reason_to_abstain_has_a_number() -> None:
    reasons = {code.replace("-", "_") for code in CATALOGUE if code.startswith("A-")}
    assert reasons <= set(STATUS)


def test_orders_and_sizes_are_those_of_python(inside: ctypes.CDLL) -> None:
    qualities = re.search(r"typedef enum fh_quality \{(.*?)\}", HEADER, re.DOTALL)
    assert qualities is not None
    names = re.findall(r"FH_([A-Z_]+) = (\d)", qualities[1])
    assert [name.lower() for name, _ in names] == list(QUALITY_CLASSES)
    assert [int(number) for _, number in names] == list(range(len(QUALITY_CLASSES)))
    outputs = (SOURCES / "src" / "outputs.h").read_text()
    assert f"FHI_LAGS = {len(LAGS_S)}," in outputs
    manifest = (SOURCES / "src" / "manifest.h").read_text()
    version = __version__.split(".")
    assert f"FHI_RUNTIME_VERSION {{{', '.join(version)}}}" in manifest
