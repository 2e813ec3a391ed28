"""One recording: its source is hashed, then copied into the cohort. These run in any process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest.best_channel import best_channel
from fetal_hemo.ingest.gain import choose_gain
from fetal_hemo.recordings.flac import flac
from fetal_hemo.recordings.formats import open_recording, source_sha256
from fetal_hemo.recordings.sidecar import (
    Sidecar,
    SourceFacts,
    audio_file,
    intact_sidecar,
    sidecar_file,
)
from firmware_bridge.audio import Audio, collect_audio
from firmware_bridge.band_note import band_note
from firmware_bridge.cli import bug_line
from firmware_bridge.constants import SAMPLE_RATE_HZ
from firmware_bridge.decode import Source
from firmware_bridge.errors import EXIT_DATA
from firmware_bridge.store import write_atomically


@dataclass(frozen=True)
class Options:
    """How sources are read: the rate of files that say none, and the name of the signal."""

    rate_hz: float | None = None
    signal: str | None = None


@dataclass(frozen=True)
class CopyTask:
    """One source to copy; `sha256` is what it was when the run was planned."""

    source: Path
    recording_id: str
    sha256: str
    device_id: str | None


@dataclass(frozen=True)
class Failure:
    """Why a source was passed over."""

    code: str
    what: str
    fix: str = ""


@dataclass(frozen=True)
class Copied:
    """A recording that is in the cohort; `made` now, or by an earlier run."""

    sidecar: Sidecar
    made: bool


def hash_source(source: Path) -> str | Failure:
    """The source's sha256, or why it cannot be read."""
    try:
        return source_sha256(source)
    except FetalHemoError as error:
        return _failure(error)


def copy_recording(folder: Path, options: Options, task: CopyTask) -> Copied | Failure:
    """The copy and sidecar of a source in `folder`, made unless they are there; or why not.

    Raises what is no fault of the source: E-STORAGE, E-BUNDLE codes, a missing package.
    """
    there = intact_sidecar(folder, task.recording_id)
    if there and (there.source.sha256, there.device_id) == (task.sha256, task.device_id):
        return Copied(there, made=False)
    try:
        return Copied(_copy(folder, options, task), made=True)
    except FetalHemoError as error:
        return _failure(error)
    except UnicodeEncodeError:
        what = f"the locale has no letters for a file called {task.recording_id}"
        return Failure("E-UNREADABLE", what, "set LC_ALL=C.UTF-8")
    except (ModuleNotFoundError, MemoryError):
        raise
    except Exception as error:  # an error of ours must not keep the other files out
        return Failure("E-BUG", bug_line(error))


def _failure(error: FetalHemoError) -> Failure:
    if error.exit_status != EXIT_DATA:
        raise error
    return Failure(error.code, error.what, error.fix)


def _copy(folder: Path, options: Options, task: CopyTask) -> Sidecar:
    """Audio first, then the sidecar, which vouches for it."""
    where = str(task.source)
    with open_recording(task.source, options.rate_hz, options.signal) as source:
        if source.sha256 != task.sha256:
            raise FetalHemoError("E-DAMAGED", "it changed while it was read", where)
        audio = collect_audio(source, best_channel, where)
    gain = choose_gain(audio.samples, source.bits)
    narrower = audio.band_limit_hz < SAMPLE_RATE_HZ / 2
    content = flac(audio.samples, gain, band_note(audio.band_limit_hz) if narrower else "")
    write_atomically(folder / audio_file(task.recording_id), content)
    sidecar = _sidecar(task, source, audio, gain, hashlib.sha256(content).hexdigest())
    write_atomically(folder / sidecar_file(task.recording_id), sidecar.to_bytes())
    return sidecar


def _sidecar(task: CopyTask, source: Source, audio: Audio, gain: float, sha256: str) -> Sidecar:
    return Sidecar(
        recording_id=task.recording_id,
        sha256=sha256,
        n_samples=len(audio.samples),
        sample_rate_hz=SAMPLE_RATE_HZ,
        gain=gain,
        device_id=task.device_id,
        band_limit_hz=audio.band_limit_hz,
        clipped_share=round(float(np.mean(audio.clipped_share)), 6),
        source=SourceFacts(
            sha256=source.sha256,
            format=source.format,
            subtype=source.subtype,
            sample_rate_hz=source.rate_hz,
            n_samples=round(audio.duration_s * source.rate_hz),
            channels=source.channels,
            channel=audio.channel,
        ),
    )
