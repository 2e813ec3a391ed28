"""Recordings in any format -> samples to come: what the device reads, and five formats more.

One reader a file; each gives `Contents` from the header, before any samples are loaded.
"""

from fetal_hemo.recordings.formats.likeness import may_be_recording
from fetal_hemo.recordings.formats.open import (
    ENDINGS,
    HEADER_ENDING,
    files_of,
    open_recording,
    source_sha256,
)

__all__ = [
    "ENDINGS",
    "HEADER_ENDING",
    "files_of",
    "may_be_recording",
    "open_recording",
    "source_sha256",
]
