"""A cohort: a folder with `manifest.csv`, the audio it names, and `cohort.json` if simulated."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.real_path import real_path
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.table import read_bytes

MANIFEST = "manifest.csv"
CARD = "cohort.json"
TRUTH = "truth"  # folder of a simulated cohort, one JSON file a recording


@dataclass(frozen=True)
class Cohort:
    """Recordings of a folder; `data_hash` is the sha256 of the manifest, audio hashes included."""

    folder: Path
    recordings: tuple[Recording, ...]
    simulated: bool
    data_hash: str

    def audio_path(self, recording: Recording) -> Path:
        """Where the recording's audio is."""
        return audio_path(self.folder, recording)

    @property
    def women(self) -> list[str]:
        """The participant ids, sorted."""
        return sorted({r.participant_id for r in self.recordings})


def open_cohort(folder: Path | str) -> Cohort:
    """The cohort of a folder, with every audio file in its place (none is decoded).

    Raises E-NOT-FOUND or E-MANIFEST for the manifest, E-COHORT if audio is missing.
    """
    folder = Path(folder)
    content = read_bytes(folder / MANIFEST)
    recordings = parse_manifest(content, str(folder / MANIFEST))
    missing = [r.row for r in recordings if not audio_path(folder, r).is_file()]
    if missing:
        what = f"{len(missing)} of {len(recordings)} audio files are missing, first in row"
        fix = "run `fetal-hemo check` on the folder"
        raise FetalHemoError("E-COHORT", f"{what} {missing[0]}", str(folder), fix)
    digest = hashlib.sha256(content).hexdigest()
    return Cohort(folder, tuple(recordings), is_simulated(folder), digest)


def outside(out: Path | str, cohort: Path | str) -> Path:
    """The folder to write to, which must not lie in the cohort. Raises E-USAGE."""
    if Path(out).resolve().is_relative_to(Path(cohort).resolve()):
        fix = "choose a folder outside: a cohort is read, never changed"
        raise FetalHemoError("E-USAGE", "--out lies in the cohort", str(out), fix)
    return Path(out)


def audio_path(folder: Path, recording: Recording) -> Path:
    """Where the recording's audio is, symbolic links followed.

    Raises E-COHORT for a link that leaves the folder.
    """
    path = folder / recording.path
    if not real_path(path).is_relative_to(real_path(folder)):
        what = f"row {recording.row}: the audio is a link that leaves the folder"
        raise FetalHemoError("E-COHORT", what, str(folder), "copy the file into the folder")
    return path


def is_simulated(folder: Path) -> bool:
    """Whether the folder has a `cohort.json` that does not say `"simulated": false`.

    Raises E-COHORT if the card is broken: what might be simulated must never pass for real.
    """
    path = folder / CARD
    if not path.exists():
        return False
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FetalHemoError("E-COHORT", f"cannot be read ({error})", str(path)) from None
    if not isinstance(card, dict):
        raise FetalHemoError("E-COHORT", "does not hold a JSON object", str(path))
    return card.get("simulated", True) is not False
