"""Which code hears: what is kept of a recording is of no use to another."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import torch

import fetal_hemo.signals
import firmware_bridge
from fetal_hemo import constants


@cache
def code_sha256() -> str:
    """Hash of all that signals, rhythm and quality depend on beside the audio.

    Our code and tables from the decoder to the judgement of a window, and the version of torch.
    """
    signals, bridge = (Path(m.__file__ or "").parent for m in (fetal_hemo.signals, firmware_bridge))
    files = [*signals.iterdir(), *bridge.rglob("*.py"), Path(constants.__file__)]
    digest = hashlib.sha256(torch.__version__.encode())
    for file in sorted(file for file in files if file.is_file()):
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
