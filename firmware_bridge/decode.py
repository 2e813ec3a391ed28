"""Open a sound file safely and hand out its samples window by window."""

from __future__ import annotations

import errno
import hashlib
import io
import math
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from firmware_bridge.band_note import noted_limit_hz
from firmware_bridge.constants import WINDOW_S
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.ogg_end import check_ogg_end
from firmware_bridge.wav_header import check_wav_header

MAX_FILE_BYTES = 4 * 2**30  # where plain WAV ends as well
MAX_DURATION_S = 3_600.0
MIN_RATE_HZ, MAX_RATE_HZ = 1_000, 192_000
MAX_CHANNELS = 8
FORMATS_FIX = "give WAV, FLAC, OGG or MP3; `fetal-hemo ingest` reads WFDB, EDF, HDF5, MAT and npy"
FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3")  # the fewer parsers, the fewer surprises
# Of the length a header promises this much may be missing: MP3 encoders pad and estimate.
MISSING_SHARE = {"MP3": 0.05}
UNKNOWN_FRAMES = 2**63 - 1  # what libsndfile says of a FLAC that was written to a pipe
INTEGER_BITS = {"PCM_U8": 8, "PCM_S8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
# Kept for its keys, which numpy makes at each read of soundfile's. If nothing else held them they
# would come and go in the interpreter's table of names; whenever its places are used up it is built
# anew beside the old one, which took 1.3 MiB more after thousands of recordings.
NAMES_KEPT = np.zeros(0).__array_interface__


@dataclass(frozen=True)
class Source:
    """Samples to come: `blocks` yields `(time, channels)` float32, one window of source each."""

    rate_hz: int
    channels: int
    sha256: str
    blocks: Iterator[np.ndarray]
    format: str = ""  # of the file, such as FLAC
    subtype: str = ""  # of its samples, such as PCM_16
    bits: int | None = None  # of a sample; None when floating, lossy or unknown
    band_limit_hz: float = math.inf  # the file says that it holds nothing above


@contextmanager
def open_source(path: str | Path) -> Iterator[Source]:
    """A `Source` that reads `path`; everything a header can tell is checked before decoding.

    Raises `FetalHemoError` E-NOT-FOUND, E-IS-DIRECTORY, E-UNREADABLE, E-EMPTY, E-TOO-BIG,
    E-NOT-AUDIO, E-TRUNCATED, E-CHANNELS, E-SAMPLE-RATE, E-TOO-LONG; while reading E-DAMAGED,
    E-TRUNCATED and E-TOO-LONG.
    """
    where = str(path)
    with open_regular(path) as (file, size):
        check_wav_header(file, size, where)
        check_ogg_end(file, size, where)
        with _open_sound(file.fileno(), where) as sound:
            check_layout(sound.samplerate, sound.channels, where)
            _check_length(sound, where)
            position = file.seek(0, os.SEEK_CUR)
            sha256 = sha256_of(file, where)
            file.seek(position)
            yield Source(
                rate_hz=sound.samplerate,
                channels=sound.channels,
                sha256=sha256,
                blocks=_blocks(sound, where),
                format=sound.format,
                subtype=sound.subtype,
                bits=INTEGER_BITS.get(sound.subtype),
                band_limit_hz=noted_limit_hz(sound.comment),
            )


@contextmanager
def open_regular(path: str | Path) -> Iterator[tuple[io.FileIO, int]]:
    """An unbuffered file open for reading, and its size: a regular file, not empty, not too big.

    Raises `FetalHemoError` E-NOT-FOUND, E-IS-DIRECTORY, E-UNREADABLE, E-EMPTY, E-TOO-BIG.
    """
    where = str(path)
    descriptor = _open(path, where)
    try:
        size = _regular_size(descriptor, where)
        with io.FileIO(descriptor, "rb", closefd=False) as file:
            yield file, size
    finally:
        os.close(descriptor)


def check_layout(rate_hz: float, channels: int, where: str) -> None:
    """Nothing, when rate and channel count are within limits; else E-SAMPLE-RATE, E-CHANNELS."""
    if not 1 <= channels <= MAX_CHANNELS:
        raise FetalHemoError("E-CHANNELS", f"{channels} channels, not 1 to {MAX_CHANNELS}", where)
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        what = f"{rate_hz:g} Hz, not {MIN_RATE_HZ} to {MAX_RATE_HZ}"
        raise FetalHemoError("E-SAMPLE-RATE", what, where)


def check_frames(frames: int, rate_hz: int, where: str) -> None:
    """Nothing, when the recording is not too long; else E-TOO-LONG."""
    if frames > MAX_DURATION_S * rate_hz:
        what = f"{frames / rate_hz / 60:.0f} min, the limit is {MAX_DURATION_S / 60:.0f} min"
        raise FetalHemoError("E-TOO-LONG", what, where, "cut it into shorter recordings")


def block_frames(number: int, rate_hz: int) -> int:
    """Source frames of window `number`: 3.75 s need not be a whole number of them."""
    return round((number + 1) * WINDOW_S * rate_hz) - round(number * WINDOW_S * rate_hz)


def _open(path: str | Path, where: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a fifo must not hang
    except (FileNotFoundError, NotADirectoryError):
        raise FetalHemoError("E-NOT-FOUND", "there is no such file", where) from None
    except UnicodeEncodeError:
        what, fix = "the locale has no letters for the name", "set LC_ALL=C.UTF-8"
        raise FetalHemoError("E-UNREADABLE", what, where, fix) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise FetalHemoError("E-UNREADABLE", f"cannot be read ({reason})", where) from None


def _regular_size(descriptor: int, where: str) -> int:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise FetalHemoError("E-IS-DIRECTORY", "a folder, not a recording", where, "name a file")
    if not stat.S_ISREG(status.st_mode):
        raise FetalHemoError("E-UNREADABLE", "a pipe or device, not a file", where, "copy it first")
    if status.st_size == 0:
        raise FetalHemoError("E-EMPTY", "the file is empty", where)
    if status.st_size > MAX_FILE_BYTES:
        raise FetalHemoError("E-TOO-BIG", f"{status.st_size / 2**30:.1f} GiB, limit 4 GiB", where)
    return status.st_size


class _Onward(soundfile.SoundFile):
    """A sound file that is read from its beginning to its end.

    Where a file can be sought in, soundfile seeks to the place it is at around every read. For MP3
    that starts the decoder anew in mid-stream, and libmpg123 complains on standard error of bits
    that it no longer has.
    """

    def seekable(self) -> bool:
        """No."""
        return False


def _open_sound(descriptor: int, where: str) -> soundfile.SoundFile:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        sound = _Onward(descriptor, closefd=False)
    except (soundfile.LibsndfileError, RuntimeError, TypeError, ValueError):
        what = "not audio that can be decoded"
        raise FetalHemoError("E-NOT-AUDIO", what, where, FORMATS_FIX) from None
    if sound.format not in FORMATS:
        what = f"audio of the kind {sound.format}"
        sound.close()
        raise FetalHemoError("E-NOT-AUDIO", what, where, "convert it to FLAC")
    return sound


def _check_length(sound: soundfile.SoundFile, where: str) -> None:
    if sound.frames == UNKNOWN_FRAMES:
        what = "the header holds no length: the recorder did not finish"
        raise FetalHemoError("E-TRUNCATED", what, where, "encode it again")
    check_frames(sound.frames, sound.samplerate, where)


def sha256_of(file: io.FileIO, where: str) -> str:
    """The sha256 of the whole file, as hexadecimal digits; raises E-UNREADABLE."""
    file.seek(0)
    try:
        return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "I/O error")
        raise FetalHemoError("E-UNREADABLE", f"cannot be read ({reason})", where) from None


def _blocks(sound: soundfile.SoundFile, where: str) -> Iterator[np.ndarray]:
    """Window after window, the last one as long as it is."""
    done, number = 0, 0
    while True:
        wanted = block_frames(number, sound.samplerate)
        try:
            block = sound.read(wanted, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError):
            what = f"the samples are damaged after {done / sound.samplerate:.1f} s"
            raise FetalHemoError("E-DAMAGED", what, where, "copy it again") from None
        done += len(block)
        check_frames(done, sound.samplerate, where)
        if len(block):
            yield block
        if len(block) < wanted:
            break
        number += 1
    if done < sound.frames * (1.0 - MISSING_SHARE.get(sound.format, 0.0)):
        what = f"{sound.frames - done} of {sound.frames} samples are missing"
        raise FetalHemoError("E-TRUNCATED", what, where, "copy it again")
