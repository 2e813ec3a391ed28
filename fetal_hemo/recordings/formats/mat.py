"""MATLAB's MAT v5: numeric variables; the rate in one called `fs` or the like."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.arrays import (
    RATE_NAMES,
    array_signals,
    bits_of,
    is_signal,
    rate_from,
)
from fetal_hemo.recordings.formats.contents import Contents, Signal
from fetal_hemo.recordings.formats.refusal import refusing

# MATLAB's names of numeric classes; cells, structs, objects and functions are never loaded.
NUMERIC = {
    **{"double": "f8", "single": "f4", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2"},
    **{"int32": "i4", "uint32": "u4", "int64": "i8", "uint64": "u8"},
}
MAX_BYTES = 2 * 2**30  # of one variable, which is loaded whole


@contextmanager
def open_mat(path: Path) -> Iterator[Contents]:
    """The `Contents` of the numeric variables of a MAT file; a variable is loaded when it is read.

    Raises E-NOT-AUDIO, E-TOO-BIG, E-TRUNCATED or E-DAMAGED.
    """
    where = str(path)
    with refusing("MAT v5", where):
        held = _scipy_io(where).whosmat(where)
        listed = [(name, tuple(shape), NUMERIC.get(kind)) for name, shape, kind in held]
    numeric = {n: (shape, np.dtype(kind)) for n, shape, kind in listed if kind}
    rate = _rate(path, [n for n in numeric if n.strip().lower() in RATE_NAMES])
    sizes = {n: (shape, dtype) for n, (shape, dtype) in numeric.items() if is_signal(shape, dtype)}
    if not sizes:
        raise FetalHemoError("E-NOT-AUDIO", "no variable holds samples", where)
    longest = max(max(shape) for shape, _ in sizes.values())
    signals: list[Signal] = []
    for name, (shape, dtype) in sizes.items():
        signals += array_signals(name, shape, rate, _Variable(path, name, shape, dtype).part)
    dtype = next(dtype for shape, dtype in sizes.values() if max(shape) == longest)
    yield Contents("MAT", str(dtype), bits_of(dtype), signals)


def _rate(path: Path, names: list[str]) -> float | None:
    for name in names:
        rate = rate_from(name, _load(path, name))
        if rate is not None:
            return rate
    return None


def _load(path: Path, name: str) -> np.ndarray:
    where = str(path)
    with refusing("MAT v5", where):
        # the type of the variable: whole numbers are stored in a smaller one
        return _scipy_io(where).loadmat(where, variable_names=[name], mat_dtype=True)[name]


def _scipy_io(where: str) -> ModuleType:
    """scipy.io; raises E-NEEDS-EXTRA with the small extra, not the one for training."""
    try:
        return import_module("scipy.io")
    except ModuleNotFoundError:
        what, fix = (
            "a MAT file needs scipy, which is not installed",
            "pip install 'fetal-hemo[formats]'",
        )
        raise FetalHemoError("E-NEEDS-EXTRA", what, where, fix) from None


class _Variable:
    """One variable of a MAT file, loaded when a part of it is asked for."""

    def __init__(self, path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.path, self.name, self.shape = path, name, shape
        self.bytes = math.prod(shape) * dtype.itemsize
        self.values: np.ndarray | None = None

    def part(self, index: tuple[slice | int, ...]) -> np.ndarray:
        """`values[index]`; raises E-TOO-BIG, E-TRUNCATED or E-DAMAGED."""
        if self.values is None:
            self.values = self._loaded()
        return self.values[index]

    def _loaded(self) -> np.ndarray:
        if self.bytes > MAX_BYTES:
            what = f"{self.bytes / 2**30:.1f} GiB of samples, the limit is {MAX_BYTES // 2**30} GiB"
            raise FetalHemoError("E-TOO-BIG", what, str(self.path), "cut it or use another format")
        values = _load(self.path, self.name)
        if values.shape != self.shape or values.dtype.kind not in "iuf":
            raise FetalHemoError("E-DAMAGED", "not the variable it says", str(self.path))
        return values
