"""A cohort with names of patients wherever a hospital might leave them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import soundfile

from tests.attacks.canaries import Planted, with_raw_blocks

TAGS = ("title", "artist", "comment", "album", "copyright", "software")
ENVIRONMENT = ("PATIENT", "USER", "LOGNAME", "USERNAME", "HOSTNAME", "FETAL_HEMO_DATA")
HOST = "zoquix{}maranon"  # what a host may be called


def planted_folder(parent: Path) -> Planted:
    """A place for a cohort: the canaries are in its path, and in an environment."""
    planted = Planted(parent)
    planted.folder = parent / planted.new() / planted.new("Mrs {} Xiloquetzal +502 5555")
    planted.folder.parent.mkdir()
    planted.environment = {name: planted.new() for name in ENVIRONMENT[:-2]}
    planted.environment |= {name: planted.new(HOST) for name in ENVIRONMENT[-2:]}
    return planted


def plant(planted: Planted) -> None:
    """Canaries in names, tags and blocks of all audio of a simulated cohort, columns and cells.

    The sound and the ids of the study stay as they were.
    """
    manifest = planted.folder / "manifest.csv"
    rows = list(csv.DictReader(io.StringIO(manifest.read_text(encoding="utf-8"))))
    column, midwives = planted.new(), [planted.new("Mrs {} Xiloquetzal") for _ in range(2)]
    for number, row in enumerate(rows):
        old = planted.folder / row["path"]
        new = planted.folder / "audio" / planted.new() / f"{planted.new()}.flac"
        new.parent.mkdir()
        new.write_bytes(tagged(old.read_bytes(), number % 2 == 0, planted))
        old.unlink()
        row["path"] = new.relative_to(planted.folder).as_posix()
        row["sha256"] = hashlib.sha256(new.read_bytes()).hexdigest()
        row["patient_name"] = planted.new('Mrs "{}" Xiloquetzal')
        row["phone"] = planted.new("+502 5555 {}77")
        row["midwife"] = midwives[int(row["sbp_mmhg"] or 0) >= 140]  # of whom `check` may warn
        row[column] = planted.new("line one\nline two; {}tlaloc")
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    card = planted.folder / "cohort.json"
    content = json.loads(card.read_bytes())
    card.write_text(json.dumps({**content, "contact": planted.new()}), encoding="utf-8")


def tagged(flac: bytes, as_tags: bool, planted: Planted) -> bytes:
    """The same samples with tags, or with other blocks, that hold canaries."""
    if not as_tags:
        return with_raw_blocks(flac, planted)
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, 1, "PCM_16", format="FLAC") as file:
        for tag in TAGS:
            setattr(file, tag, planted.new())
        file.write(samples)
    return out.getvalue()
