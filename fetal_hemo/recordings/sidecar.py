"""The sidecar of a stored recording: what its audio is, and what it was made from.

It names nobody: ids of the study only, and no file name of the source.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from fetal_hemo.recordings.sealed import seal, unseal

SCHEMA_VERSION = 1
AUDIO = "audio"  # the folder of a cohort that holds the copies and their sidecars


@dataclass(frozen=True)
class SourceFacts:
    """The recording as it was before it was copied."""

    sha256: str  # of its file; of the hashes of its files, one after another, if it has several
    format: str
    subtype: str
    sample_rate_hz: int
    n_samples: int  # of one channel
    channels: int
    channel: int  # the one that was copied, counted from 0


@dataclass(frozen=True)
class Sidecar:
    """The copy: FLAC, int16, one channel.

    A sample is `gain` times the source's sample, both on a scale of -1 to 1.
    """

    recording_id: str
    sha256: str
    n_samples: int
    sample_rate_hz: int
    gain: float
    device_id: str | None
    band_limit_hz: float  # there is nothing above in the source, so neither in the copy
    clipped_share: float  # of the source's samples, 0 to 1; the copy no longer shows it
    source: SourceFacts

    def to_bytes(self) -> bytes:
        """The sealed JSON document."""
        return seal({"schema_version": SCHEMA_VERSION, **asdict(self)})


def parse_sidecar(data: bytes) -> Sidecar:
    """The sidecar in a sealed document; raises ValueError for a damaged or unknown one."""
    content = unseal(data)
    try:
        if content.pop("schema_version") != SCHEMA_VERSION:
            raise ValueError("of another schema")
        source = SourceFacts(**content.pop("source"))
        return Sidecar(**content, source=source)
    except (KeyError, TypeError):
        raise ValueError("of another schema") from None


def audio_file(recording_id: str) -> str:
    """Path of the copy in its cohort."""
    return f"{AUDIO}/{recording_id}.flac"


def sidecar_file(recording_id: str) -> str:
    """Path of the sidecar in its cohort."""
    return f"{AUDIO}/{recording_id}.json"


def intact_sidecar(folder: Path, recording_id: str) -> Sidecar | None:
    """The sidecar of a recording, when it and the audio are there and whole; else None."""
    try:
        sidecar = parse_sidecar((folder / sidecar_file(recording_id)).read_bytes())
        with (folder / audio_file(recording_id)).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None
    whole = sidecar.sha256 == found and sidecar.recording_id == recording_id
    return sidecar if whole else None
