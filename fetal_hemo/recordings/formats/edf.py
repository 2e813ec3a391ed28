"""EDF and BDF: signals of 16 or 24 bits, each with its own rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.contents import Contents, Signal
from fetal_hemo.recordings.formats.refusal import refusing
from firmware_bridge.decode import check_frames

FIXED_BYTES = 256  # of the header, and again for each signal (Kemp et al. 1992)
SAMPLES_AT = 216  # in the header of all signals: samples of each in a data record


@contextmanager
def open_edf(path: Path) -> Iterator[Contents]:
    """The `Contents` of an EDF or EDF+C file; samples are loaded window by window.

    The numbers are those of the digitiser, not of a physical unit. Raises E-TRUNCATED, E-DAMAGED
    or E-TOO-LONG.
    """
    with refusing("EDF", str(path)):
        import edfio

        _check_header(path, sample_bytes=2)
        file = edfio.read_edf(path, lazy_load_data=True, header_encoding="latin-1")
    yield _contents(file, "EDF", 16, str(path))


@contextmanager
def open_bdf(path: Path) -> Iterator[Contents]:
    """The `Contents` of a BDF file, which is loaded whole. Raises as `open_edf`."""
    with refusing("BDF", str(path)):
        import edfio

        _check_header(path, sample_bytes=3)
        file = edfio.read_bdf(path, header_encoding="latin-1")
    yield _contents(file, "BDF", 24, str(path))


def _check_header(path: Path, sample_bytes: int) -> None:
    """See that the file is as long as its header says, and the recording not too long.

    edfio would shorten a cut recording, and it loads the samples of a BDF with its header.
    """
    where = str(path)
    with path.open("rb") as file:
        fixed = file.read(FIXED_BYTES)
        count = int(fixed[252:256])
        table = file.read(FIXED_BYTES * count)
    records, seconds = int(fixed[236:244]), float(fixed[244:252])
    if records < 0:
        what = "the header holds no length: the recorder did not finish"
        raise FetalHemoError("E-TRUNCATED", what, where, "export it again")
    check_frames(round(records * seconds), 1, where)
    samples = [int(n) for n in re.findall(rb".{8}", table[SAMPLES_AT * count :][: 8 * count])]
    size = FIXED_BYTES * (count + 1) + records * sum(samples) * sample_bytes
    if len(samples) < count or path.stat().st_size < size:
        raise FetalHemoError("E-TRUNCATED", "the file ends early", where, "copy it again")


def _contents(file: Any, kind: str, bits: int, where: str) -> Contents:
    if not file.is_continuous:
        what = "the recording has gaps (EDF+D)"
        raise FetalHemoError("E-DAMAGED", what, where, "export it without gaps")
    half = 2.0 ** (bits - 1)

    def reader(signal: Any) -> Callable[[int, int], np.ndarray]:
        def read(start: int, stop: int) -> np.ndarray:
            with refusing(kind, where):
                return signal.digital[start:stop] / half

        return read

    signals = [
        Signal(s.label, s.sampling_frequency, _frames(file, s), reader(s)) for s in file.signals
    ]
    return Contents(kind, f"int{bits}", bits, signals)


def _frames(file: Any, signal: Any) -> int:
    return file.num_data_records * signal.samples_per_data_record
