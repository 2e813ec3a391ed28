"""Every audio file of a cohort, decoded once: readable, the one that was meant, and not twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import audio_path
from fetal_hemo.recordings.recording import Recording
from firmware_bridge.audio import Audio, read_audio

Progress = Callable[[int, int], None]


@dataclass
class AudioCheck:
    """What decoding found: hours, and a line for each row that has something wrong."""

    readable: int = 0
    seconds: float = 0.0
    shortest_s: float = float("inf")
    unreadable: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)


def check_audio(folder: Path, recordings: Sequence[Recording], progress: Progress) -> AudioCheck:
    """The `AudioCheck` of all recordings; an unreadable file never stops it.

    `progress` is called with (done, total) after each file.
    """
    found = AudioCheck()
    row_of: dict[str, int] = {}  # sha256 -> first row
    for done, recording in enumerate(recordings, start=1):
        try:
            audio = read_audio(audio_path(folder, recording))
        except FetalHemoError as error:
            found.unreadable.append(f"row {recording.row}: {error.code}: {error.what}")
        else:
            _add(found, recording, audio, row_of)
        progress(done, len(recordings))
    return found


def _add(found: AudioCheck, recording: Recording, audio: Audio, row_of: dict[str, int]) -> None:
    found.readable += 1
    found.seconds += audio.duration_s
    found.shortest_s = min(found.shortest_s, audio.duration_s)
    found.mismatched += [f"row {recording.row}: {text}" for text in _mismatches(recording, audio)]
    first = row_of.setdefault(audio.sha256, recording.row)
    if first != recording.row:
        found.duplicated.append(f"row {recording.row}: the same audio as row {first}")


def _mismatches(recording: Recording, audio: Audio) -> list[str]:
    """Where the file is not what the manifest says it is."""
    texts = []
    if recording.sha256 not in (None, audio.sha256):
        texts.append("the audio is not the one whose sha256 was recorded")
    rate = recording.sample_rate_hz
    if rate not in (None, audio.source_rate_hz):
        texts.append(f"sampled at {audio.source_rate_hz} Hz, the manifest says {rate:g}")
    expected = (recording.n_samples or 0) / audio.source_rate_hz
    if recording.n_samples and abs(expected - audio.duration_s) > 0.01:
        texts.append(f"lasts {audio.duration_s:.2f} s, the manifest's n_samples say {expected:.2f}")
    return texts
