"""NumPy's npy: one array without a rate; never a pickle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.arrays import array_signals, bits_of, is_signal
from fetal_hemo.recordings.formats.contents import Contents
from fetal_hemo.recordings.formats.refusal import refusing


@contextmanager
def open_npy(path: Path) -> Iterator[Contents]:
    """The `Contents` of a file with numbers `(time,)`, `(time, channels)` or `(channels, time)`.

    Raises E-NOT-AUDIO, E-TRUNCATED or E-DAMAGED.
    """
    where = str(path)
    with refusing("npy", where):
        shape, dtype, start = _header(path)
    if not is_signal(shape, dtype):
        raise FetalHemoError("E-NOT-AUDIO", "not an array of samples", where)
    if path.stat().st_size < start + math.prod(shape) * dtype.itemsize:
        raise FetalHemoError("E-TRUNCATED", "the npy file ends early", where, "copy it again")
    with refusing("npy", where):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    signals = array_signals(path.stem, shape, None, lambda index: np.asarray(array[index]))
    yield Contents("NPY", str(dtype), bits_of(dtype), signals)


def _header(path: Path) -> tuple[tuple[int, ...], np.dtype, int]:
    """Shape, type, and where the samples begin."""
    with path.open("rb") as file:
        version = npy_format.read_magic(file)
        first = version == (1, 0)
        read = npy_format.read_array_header_1_0 if first else npy_format.read_array_header_2_0
        shape, _, dtype = read(file)
        return shape, dtype, file.tell()
