"""A file found in a folder -> whether it may be a recording; wrong ones are told, not dropped."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.first_bytes import ENOUGH, is_device_sound, is_other_sound
from fetal_hemo.recordings.formats.open import ENDINGS, FIRST_BYTES, LONGEST
from firmware_bridge.decode import open_regular

# Sound that must be converted first: found so that somebody is told of it.
OTHER_SOUND = (
    *(".aif", ".aifc", ".aiff", ".au", ".caf", ".snd", ".w64"),
    *(".3gp", ".aac", ".amr", ".m4a", ".m4b", ".mka", ".mp4", ".opus", ".webm", ".wma"),
    *(".dss", ".dat", ".pcm", ".raw"),  # `.dat`: a WFDB signal that lost its header
)
# Never looked into: a table of numbers in columns can begin as EDF does.
OTHER_THINGS = (
    *(".csv", ".json", ".jsonl", ".log", ".md", ".tsv", ".txt", ".toml", ".yaml", ".yml"),
    *(".htm", ".html", ".pdf", ".xml"),
)
FOREIGN_STARTS = tuple(first for first, _ in FIRST_BYTES)


def may_be_recording(path: Path) -> bool:
    """Whether a file's name or else its first bytes are those of a recording or other sound.

    Also for what cannot be looked into: a person must be told of it.
    """
    name = path.name.lower()
    if name.endswith(OTHER_THINGS):
        return False
    return name.endswith(ENDINGS + OTHER_SOUND) or _begins_as_one(path)


def _begins_as_one(path: Path) -> bool:
    try:
        with open_regular(path) as (file, _):
            first = file.read(max(ENOUGH, LONGEST))
    except FetalHemoError as error:
        return error.code not in ("E-EMPTY", "E-TOO-BIG")
    return first.startswith(FOREIGN_STARTS) or is_device_sound(first) or is_other_sound(first)
