"""A file of any format -> a `Source`; what it is follows from its first bytes, not its name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from fetal_hemo.recordings.formats.contents import Contents, source_of
from fetal_hemo.recordings.formats.edf import open_bdf, open_edf
from fetal_hemo.recordings.formats.hdf5 import open_hdf5
from fetal_hemo.recordings.formats.mat import open_mat
from fetal_hemo.recordings.formats.npy import open_npy
from fetal_hemo.recordings.formats.wfdb_record import open_wfdb, signal_files
from firmware_bridge.decode import Source, open_regular, open_source, sha256_of

Reader = Callable[[Path], AbstractContextManager[Contents]]

# Endings of the files that a search of a folder takes for recordings, whatever they hold.
ENDINGS = (
    *(".wav", ".flac", ".ogg", ".oga", ".mp3"),
    *(".hea", ".edf", ".bdf", ".h5", ".hdf5", ".mat", ".npy"),
)
HEADER_ENDING = ".hea"  # a WFDB header is text and begins with any name
FIRST_BYTES = (
    (b"\x89HDF\r\n\x1a\n", open_hdf5),
    (b"MATLAB 7.3 MAT-file", open_hdf5),
    (b"MATLAB 5.0 MAT-file", open_mat),
    (b"\x93NUMPY", open_npy),
    (b"0       ", open_edf),
    (b"\xffBIOSEMI", open_bdf),
)
LONGEST = max(len(first) for first, _ in FIRST_BYTES)


@contextmanager
def open_recording(
    path: Path, rate_hz: float | None = None, signal: str | None = None
) -> Iterator[Source]:
    """A `Source` of the recording, in any format; caps are checked before samples are loaded.

    `rate_hz` is the rate of a file that does not say its own; `signal` the name of the signal to
    read from a file that names several. Raises `FetalHemoError` as `open_source` does, and
    E-NO-RATE and E-NO-SIGNAL.
    """
    reader = _reader(path)
    if reader is None:
        with open_source(path) as source:
            yield source
        return
    sha256 = source_sha256(path)
    with reader(path) as contents:
        yield source_of(contents, sha256, str(path), rate_hz, signal)


def source_sha256(path: Path) -> str:
    """The sha256 of a recording: of its file, or of all files of a WFDB record one after another.

    Raises as `open_regular`, and for a WFDB record as `signal_files`.
    """
    files = files_of(path)
    if len(files) == 1:
        with open_regular(path) as (file, _):
            return sha256_of(file, str(path))
    digest = hashlib.sha256()
    for part in files:
        with open_regular(part) as (file, _):
            digest.update(bytes.fromhex(sha256_of(file, str(part))))
    return digest.hexdigest()


def files_of(path: Path) -> list[Path]:
    """The files that a recording consists of: itself, and the signal files of a WFDB header."""
    with open_regular(path):
        pass
    return [path, *signal_files(path)] if _reader(path) is open_wfdb else [path]


def _reader(path: Path) -> Reader | None:
    """The reader for the file's content, None for what the device reads itself.

    Raises as `open_regular`.
    """
    with open_regular(path) as (file, _):
        first = file.read(LONGEST)
    if path.suffix.lower() == HEADER_ENDING:
        return open_wfdb
    return next((reader for begin, reader in FIRST_BYTES if first.startswith(begin)), None)
