"""The C library, compiled from its sources, as Python sees it through its header."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import pytest

import firmware_bridge
from firmware_bridge.trust import read_public_key

SOURCES = Path(firmware_bridge.__file__).parent / "c"
MAX_REASONS = 8

Build = Callable[..., Path]


class Options(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("onnxruntime", ctypes.c_char_p),
        ("trusted_keys", ctypes.c_char_p),
        ("trusted_key_count", ctypes.c_size_t),
    )


class Summary(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("outcome", ctypes.c_int32),
        ("reason_count", ctypes.c_int32),
        ("reasons", ctypes.c_int32 * MAX_REASONS),
        ("probability", ctypes.c_double),
        ("threshold", ctypes.c_double),
        ("above_threshold", ctypes.c_int32),
        ("usable_windows", ctypes.c_int32),
        ("predictive_value", ctypes.c_double),
        ("prevalence", ctypes.c_double),
        ("good_signal_s", ctypes.c_double),
        ("needed_signal_s", ctypes.c_double),
        ("embedding_distance", ctypes.c_double),
        ("mean_bpm", ctypes.c_double),
        ("baseline_bpm", ctypes.c_double),
        ("short_term_variation_ms", ctypes.c_double),
        ("long_term_variation_ms", ctypes.c_double),
        ("signal_loss_share", ctypes.c_double),
        ("duration_s", ctypes.c_double),
        ("window_count", ctypes.c_size_t),
        ("beat_count", ctypes.c_size_t),
    )


class Window(ctypes.Structure):
    _fields_ = (
        ("heart_rate_bpm", ctypes.c_double),
        ("confidence", ctypes.c_double),
        ("attention", ctypes.c_double),
        ("dead_share", ctypes.c_double),
        ("clipped_share", ctypes.c_double),
        ("quality", ctypes.c_int32),
        ("usable", ctypes.c_int32),
    )


class Opened(NamedTuple):
    """A handle and what `fh_open` said of it."""

    shared_object: ctypes.CDLL
    handle: ctypes.c_void_p
    status: int

    def push(self, samples: np.ndarray, chunk: int | None = None) -> int:
        """The last status after pushing int16 or float32 samples, `chunk` at a time."""
        push = (
            self.shared_object.fh_push_int16
            if samples.dtype == np.int16
            else self.shared_object.fh_push
        )
        status = 0
        for start in range(0, len(samples), chunk or max(len(samples), 1)):
            part = np.ascontiguousarray(samples[start : start + (chunk or len(samples))])
            status = push(self.handle, part.ctypes.data_as(ctypes.c_void_p), len(part))
        return status

    def result(self) -> tuple[Summary, dict[str, Any]]:
        """The summary and the JSON of the samples so far."""
        summary = Summary(size=ctypes.sizeof(Summary))
        status = self.shared_object.fh_result(self.handle, ctypes.byref(summary))
        assert status == 0, self.message()
        return summary, json.loads(self.shared_object.fh_json(self.handle))

    def message(self) -> str:
        return self.shared_object.fh_message(self.handle).decode()


class Library(NamedTuple):
    """The shared library, and the bundles and recordings that go through it."""

    c: ctypes.CDLL
    onnxruntime: Path

    @contextmanager
    def open(self, bundle: Path, *keys: bytes) -> Iterator[Opened]:
        """A handle on a bundle, closed in the end."""
        handle = ctypes.c_void_p()
        options = Options(
            ctypes.sizeof(Options), str(self.onnxruntime).encode(), b"".join(keys), len(keys)
        )
        status = self.c.fh_open(ctypes.byref(handle), str(bundle).encode(), ctypes.byref(options))
        try:
            yield Opened(self.c, handle, status)
        finally:
            self.c.fh_close(handle)

    def code(self, status: int) -> str | None:
        name = self.c.fh_code(status)
        return None if name is None else name.decode()


def typed(path: Path) -> ctypes.CDLL:
    """A loaded library whose functions know their types."""
    c = ctypes.CDLL(str(path))
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    c.fh_open.argtypes = [pointer, ctypes.c_char_p, pointer]
    c.fh_push.argtypes = c.fh_push_int16.argtypes = c.fh_identify.argtypes = [
        pointer,
        pointer,
        size,
    ]
    c.fh_rate.argtypes = [pointer, ctypes.c_double]
    c.fh_result.argtypes = [pointer, pointer]
    for name in ("fh_json", "fh_message"):
        getattr(c, name).argtypes, getattr(c, name).restype = [pointer], ctypes.c_char_p
    c.fh_windows.argtypes, c.fh_windows.restype = [pointer], ctypes.POINTER(Window)
    c.fh_beats.argtypes, c.fh_beats.restype = [pointer], ctypes.POINTER(ctypes.c_double)
    c.fh_reset.argtypes = c.fh_close.argtypes = [pointer]
    c.fh_reset.restype = c.fh_close.restype = None
    c.fh_code.restype = ctypes.c_char_p
    return c


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A function that gives the folder of a build with some compiler and flags; warnings fail."""

    def make(compiler: str = "gcc", flags: str = "-O2") -> Path:
        for tool in ("make", compiler):
            if shutil.which(tool) is None:
                pytest.skip(f"{tool} is not installed: the C library cannot be compiled here")
        folder = tmp_path_factory.mktemp("c")
        variables = [f"BUILD={folder}", f"CC={compiler}", f"CFLAGS={flags} -Werror"]
        made = subprocess.run(
            ["make", "-s", "-C", str(SOURCES), *variables], capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr
        return folder

    return make


@pytest.fixture(scope="session")
def built(build: Build) -> Path:
    """Folder of the ordinary build."""
    return build()


@pytest.fixture(scope="session")
def onnxruntime_library() -> Path:
    """The shared library that is inside the onnxruntime wheel."""
    found = sorted((Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so*"))
    if not found:
        pytest.skip("this onnxruntime has no shared library with the C functions")
    return found[0]


@pytest.fixture(scope="session")
def library(built: Path, onnxruntime_library: Path) -> Library:
    return Library(typed(built / "libfetal_hemo.so"), onnxruntime_library)


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """All functions of the library's files that need nothing but C, visible."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed: the C library cannot be compiled here")
    path = tmp_path_factory.mktemp("inside") / "inside.so"
    names = ("sha256", "sha512", "ed25519", "crc32", "inflate", "json", "json_text")
    files = [str(SOURCES / "src" / f"{name}.c") for name in names]
    command = ["gcc", "-std=c99", "-O1", "-shared", "-fPIC", f"-I{SOURCES / 'include'}", *files]
    subprocess.run([*command, "-o", str(path)], check=True)
    return ctypes.CDLL(str(path))


@pytest.fixture
def opened(library: Library) -> Iterator[Opened]:
    """The bundle that ships, open."""
    models = SOURCES.parent / "models"
    with library.open(models / "default.fhb", read_public_key(models / "default.pub")) as made:
        assert made.status == 0, made.message()
        yield made
