"""WFDB (PhysioNet): a text header that names signal files beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.contents import Contents, Signal
from fetal_hemo.recordings.formats.refusal import refusing

# Bits of the digitiser by storage format (WFDB signal(5)).
BITS = {
    **{"8": 8, "80": 8, "508": 8, "310": 10, "311": 10, "212": 12},
    **{"16": 16, "61": 16, "160": 16, "516": 16, "24": 24, "524": 24, "32": 32},
}
KIND = "WFDB"


def signal_files(path: Path) -> list[Path]:
    """The files that hold the signals of the record with that header, each once.

    Raises E-NOT-FOUND, E-DAMAGED, or E-NOT-AUDIO for a record that is put together from others.
    """
    names = dict.fromkeys(_header(path).file_name)
    return [path.parent / name for name in names]


@contextmanager
def open_wfdb(path: Path) -> Iterator[Contents]:
    """The `Contents` of the record with that header; samples are loaded window by window.

    The numbers are those of the digitiser, not of a physical unit. Raises E-NOT-FOUND,
    E-TRUNCATED, E-DAMAGED, E-NOT-AUDIO.
    """
    header, where = _header(path), str(path)
    record = _Record(path, header)
    per_frame = [n or 1 for n in header.samps_per_frame]
    for index, many in enumerate(per_frame):
        record.check_end(index, header.sig_len * many, where)
    names = header.sig_name or []
    signals = [
        Signal(
            str(names[index]), float(header.fs) * many, header.sig_len * many, record.reader(index)
        )
        for index, many in enumerate(per_frame)
    ]
    kinds = dict.fromkeys(header.fmt)
    yield Contents(KIND, f"format {'+'.join(kinds)}", max(BITS[kind] for kind in kinds), signals)


def _header(path: Path) -> Any:
    """The header, with signals in files of this very folder and a length."""
    where = str(path)
    with refusing(KIND, where):
        import wfdb

        header = wfdb.rdheader(str(path.with_suffix("")))
    names = getattr(header, "file_name", None)
    if not names or not header.fs:
        what, fix = "a record without signals of its own", "give the records that it is made of"
        raise FetalHemoError("E-NOT-AUDIO", what, where, fix)
    if any(Path(name).name != name or name == "~" for name in names):
        raise FetalHemoError("E-DAMAGED", "signals outside of the record's folder", where)
    if not header.sig_len:
        what = "the header holds no length"
        raise FetalHemoError("E-TRUNCATED", what, where, "export it again")
    if not set(header.fmt) <= set(BITS):
        raise FetalHemoError("E-NOT-AUDIO", "an unknown storage format", where, "use format 16")
    for name in names:
        if not (path.parent / name).is_file():
            raise FetalHemoError("E-NOT-FOUND", f"its signal file {name} is missing", where)
    return header


class _Record:
    """Parts of the signals of one record."""

    def __init__(self, path: Path, header: Any) -> None:
        self.path, self.header = path, header

    def reader(self, index: int) -> Callable[[int, int], np.ndarray]:
        """The `read` of signal number `index`."""
        return lambda start, stop: self.read(index, start, stop)

    def check_end(self, index: int, frames: int, where: str) -> None:
        """Raise E-TRUNCATED when the last sample of a signal is not there."""
        try:
            whole = self.read(index, frames - 1, frames).size == 1
        except FetalHemoError:
            whole = False
        if not whole:
            raise FetalHemoError("E-TRUNCATED", "a signal file ends early", where, "copy it again")

    def read(self, index: int, start: int, stop: int) -> np.ndarray:
        """Samples `(time,)` of one signal, -1 to 1 on the scale of the digitiser.

        Where the record has none (the lowest number of its format, by signal(5)) there is silence.
        """
        many = self.header.samps_per_frame[index] or 1
        first, last = start // many, -(-stop // many)
        with refusing(KIND, str(self.path)):
            import wfdb

            record = wfdb.rdrecord(
                str(self.path.with_suffix("")),
                sampfrom=first,
                sampto=last,
                channels=[index],
                physical=False,
                smooth_frames=False,
            )
            samples = record.e_d_signal[0][start - first * many : stop - first * many]
        half = 2.0 ** (BITS[self.header.fmt[index]] - 1)
        return np.where(samples == -half, 0.0, samples / half)
