"""HDF5: numeric data sets; the rate is an attribute of the data set or of a group around it.

MATLAB's v7.3 files are HDF5 as well; there the rate is a data set called `fs` or the like.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.arrays import array_signals, bits_of, is_signal, rate_from
from fetal_hemo.recordings.formats.contents import Contents, Signal
from fetal_hemo.recordings.formats.refusal import refusing

MAX_CHUNK_BYTES = 256 * 2**20  # a chunk is decompressed whole


@contextmanager
def open_hdf5(path: Path) -> Iterator[Contents]:
    """The `Contents` of the data sets that can hold samples; parts are loaded as they are read.

    Raises E-NOT-AUDIO, E-TOO-BIG, E-TRUNCATED or E-DAMAGED.
    """
    where = str(path)
    with refusing("HDF5", where):
        import h5py

        file = h5py.File(path, "r")
    with file:
        with refusing("HDF5", where):
            found: dict[str, Any] = {}
            file.visititems(lambda name, item: _note(h5py, found, name, item))
            signals = [s for name, data in found.items() for s in _signals(h5py, name, data, where)]
        if not found:
            raise FetalHemoError("E-NOT-AUDIO", "no data set holds samples", where)
        first = max(found.values(), key=lambda data: max(data.shape))
        yield Contents("HDF5", str(first.dtype), bits_of(first.dtype), signals)


def _note(h5py: Any, found: dict[str, Any], name: str, item: Any) -> None:
    """Keep data sets with samples in this very file; links out of it are never followed."""
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
        return
    if is_signal(item.shape or (), item.dtype):
        found[name] = item


def _signals(h5py: Any, name: str, data: Any, where: str) -> list[Signal]:
    chunk = math.prod(data.chunks or (1,)) * data.dtype.itemsize
    if chunk > MAX_CHUNK_BYTES:
        what = f"chunks of {chunk / 2**20:.0f} MiB, the limit is {MAX_CHUNK_BYTES // 2**20} MiB"
        raise FetalHemoError("E-TOO-BIG", what, where, "store it in smaller chunks")

    def part(index: tuple[slice | int, ...]) -> np.ndarray:
        with refusing("HDF5", where):
            return np.asarray(data[index])

    return array_signals(name, tuple(data.shape), _rate(h5py, data), part)


def _rate(h5py: Any, data: Any) -> float | None:
    """The first rate on the way from the data set to the root: attributes, then data sets."""
    group = data
    while True:
        rate = _first_rate(group.attrs)
        if rate is None and group is not data:
            rate = _first_rate(_scalars(h5py, group))
        if rate is not None or group.name == "/":
            return rate
        group = group.parent


def _first_rate(values: Mapping[str, Any]) -> float | None:
    rates = (rate_from(name, value) for name, value in values.items())
    return next((rate for rate in rates if rate is not None), None)


def _scalars(h5py: Any, group: Any) -> dict[str, Any]:
    """The data sets of a group that hold one number; links out of the file are not followed."""
    hard = [n for n in group if isinstance(group.get(n, getlink=True), h5py.HardLink)]
    data = {n: group[n] for n in hard if isinstance(group[n], h5py.Dataset)}
    return {n: d[()] for n, d in data.items() if d.size == 1 and d.dtype.kind in "iuf"}
