"""Which code hears: what is kept of a recording is of no use to another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import fetal_hemo
import firmware_bridge

PACKAGES = ("numpy", "soundfile", "soxr", "torch")
OURS = (  # from the decoder to the judgement of a window
    *("constants.py", "signals", "encoders/model.py", "recordings/audio.py"),
    *("recordings/formats", "training/survey.py"),
)


@cache
def code_sha256() -> str:
    """Hash of all that signals, rhythm and quality depend on beside the audio.

    Our code and tables, and the versions of the libraries that decode and compute.
    """
    package, bridge = (Path(m.__file__ or "").parent for m in (fetal_hemo, firmware_bridge))
    parts = [package / name for name in OURS]
    files = [f for part in parts for f in ([part] if part.is_file() else part.iterdir())]
    files += bridge.rglob("*.py")
    return files_sha256(files, [version(name) for name in PACKAGES])


def files_sha256(files: Iterable[Path], versions: Sequence[str] = ()) -> str:
    """Hash of the names and contents of files, whatever their order, and of some versions."""
    digest = hashlib.sha256(repr(list(versions)).encode())
    for file in sorted(file for file in files if file.is_file()):
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
