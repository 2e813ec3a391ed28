"""One record that is complete in a cohort: its series, and the JSON that vouches for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fetal_hemo.recordings.public.clinical import fields
from fetal_hemo.recordings.public.rhythm_file import encode_rhythm
from fetal_hemo.recordings.public.source import Record
from firmware_bridge.store import make_folder, write_atomically


@dataclass(frozen=True)
class Kept:
    """A record on disk; `clinical` holds every field of its header."""

    name: str
    path: str  # of the series, from the cohort's folder
    sha256: str
    n_samples: int
    clinical: Mapping[str, str]


def keep(out: Path, name: str, record: Record) -> Kept:
    """Write the series, then the JSON. Raises E-STORAGE."""
    content = encode_rhythm(record.bpm)
    digest = hashlib.sha256(content).hexdigest()
    kept = Kept(name, f"rhythm/{name}.npy", digest, len(record.bpm), fields(record.comments))
    for path in (out / kept.path, _card(out, name)):
        make_folder(path.parent)
    write_atomically(out / kept.path, content)
    text = json.dumps(asdict(kept), indent=1, sort_keys=True)
    write_atomically(_card(out, name), (text + "\n").encode())
    return kept


def kept_before(out: Path, name: str) -> Kept | None:
    """The record if an earlier call kept it whole, else None."""
    try:
        kept = Kept(**json.loads(_card(out, name).read_text(encoding="utf-8")))
        found = hashlib.sha256((out / kept.path).read_bytes()).hexdigest()
    except (OSError, ValueError, TypeError):
        return None
    return kept if (kept.name, kept.sha256) == (name, found) else None


def _card(out: Path, name: str) -> Path:
    return out / "clinical" / f"{name}.json"
