"""Is what `ingest` stored still what it stored? Every cut and every flipped bit is found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fetal_hemo.recordings.cohort import MANIFEST
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.sealed import unseal
from fetal_hemo.recordings.sidecar import AUDIO, Sidecar, parse_sidecar

INGEST_CARD = "ingest.json"


def stored_defects(folder: Path, recording: Recording) -> list[str]:
    """What is wrong with the copy and the sidecar of a recording; nothing is raised.

    Empty for a cohort that was not ingested. The audio is hashed, not decoded.
    """
    if not (folder / INGEST_CARD).exists():
        return []
    audio = folder / recording.path
    try:
        sidecar = parse_sidecar(audio.with_suffix(".json").read_bytes())
    except (OSError, UnicodeEncodeError):
        return [f"row {recording.row}: the sidecar cannot be read"]
    except ValueError as error:
        return [f"row {recording.row}: the sidecar is {error}"]
    found = [*_audio_defects(audio, sidecar), *_row_defects(recording, sidecar)]
    return [f"row {recording.row}: {text}" for text in found]


def stored_folder_notes(
    folder: Path, recordings: Sequence[Recording]
) -> tuple[list[str], list[str]]:
    """Defects and warnings of an ingested cohort as a whole; nothing is raised.

    A manifest that differs from the one that ingest wrote is a warning: whoever fills in the women
    changes it. So is stored audio without a row.
    """
    if not (folder / INGEST_CARD).exists():
        return [], []
    try:
        card = unseal((folder / INGEST_CARD).read_bytes())
        manifest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return [f"{INGEST_CARD} is damaged: ingest again"], []
    if not card.get("complete"):
        return ["ingest has not finished: run it again"], []
    warnings = []
    if manifest != card.get("manifest_sha256"):
        warnings.append("the manifest was changed after ingest")
    listed = {Path(r.path).stem for r in recordings}
    stored = {path.stem for path in (folder / AUDIO).glob("*.*") if path.name[0] != "."}
    if stored - listed:
        warnings.append(f"{len(stored - listed)} stored recordings have no row in the manifest")
    return [], warnings


def _audio_defects(audio: Path, sidecar: Sidecar) -> list[str]:
    try:
        with audio.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ["the audio cannot be read"]
    return [] if found == sidecar.sha256 else ["the audio is damaged: not what was stored"]


def _row_defects(recording: Recording, sidecar: Sidecar) -> list[str]:
    """Where the row says something else than the sidecar."""
    names = ("recording_id", "sha256", "n_samples", "sample_rate_hz")
    pairs = [(name, getattr(recording, name), getattr(sidecar, name)) for name in names]
    return [
        f"{name} is not the one in the sidecar"
        for name, said, stored in pairs
        if said is not None and said != stored
    ]
