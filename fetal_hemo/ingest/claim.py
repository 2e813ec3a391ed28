"""One ingest at a time in a folder, and always with the same options: `ingest.json`."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import CARD
from fetal_hemo.recordings.sealed import seal, unseal
from fetal_hemo.recordings.sidecar import AUDIO
from fetal_hemo.recordings.stored import INGEST_CARD
from firmware_bridge.store import UNFINISHED, make_folder, write_atomically

SCHEMA_VERSION = 1
# What a killed write leaves behind in the folder, and in its folder of audio.
LEFTOVERS = (
    UNFINISHED,
    re.compile(r"\..*\.[a-z0-9_]{8}"),
)
SIMULATED = {"simulated": True, "notice": "Ingested from simulated recordings; nothing is real."}


@contextmanager
def claim(out: Path, options: dict[str, Any], simulated: bool) -> Iterator[None]:
    """Hold the folder for this run; leftovers of killed ones are swept before and after.

    A cohort of simulated sources is marked so before anything is in it. Raises E-COHORT when the
    folder holds something else, was ingested with other options or is being written; E-STORAGE.
    """
    make_folder(out)
    with _locked(out):
        _check(out, options)
        _sweep(out)
        make_folder(out / AUDIO)
        if simulated:
            write_atomically(out / CARD, (json.dumps(SIMULATED, indent=1) + "\n").encode())
        if not (out / INGEST_CARD).exists():
            write_card(out, options, {"complete": False})
        yield
        _sweep(out)


def write_card(out: Path, options: dict[str, Any], result: dict[str, Any]) -> None:
    """Write `ingest.json`, sealed; raises E-STORAGE."""
    content = {"schema_version": SCHEMA_VERSION, "options": options, **result}
    write_atomically(out / INGEST_CARD, seal(content))


def _check(out: Path, options: dict[str, Any]) -> None:
    card = out / INGEST_CARD
    if not card.exists():
        others = {name for name in _names(out) if not LEFTOVERS[0].fullmatch(name)}
        if others - {CARD, AUDIO} or _names(out / AUDIO):
            what, fix = "the place is taken by something else", "choose an empty folder"
            raise FetalHemoError("E-COHORT", what, str(out), fix)
        return
    try:
        before = unseal(card.read_bytes()).get("options", {})
    except (OSError, ValueError):
        return  # damaged: written anew at the end
    for name, value in options.items():
        if before.get(name) != value:
            what = f"it was ingested with {name} {before.get(name)}, not {value}"
            fix = "use the same options or another folder"
            raise FetalHemoError("E-COHORT", what, str(out), fix)


def _names(folder: Path) -> list[str]:
    return os.listdir(folder) if folder.is_dir() else []


def _sweep(out: Path) -> None:
    for folder, leftover in zip((out, out / AUDIO), LEFTOVERS, strict=True):
        for name in _names(folder):
            if leftover.fullmatch(name):
                with contextlib.suppress(OSError):
                    (folder / name).unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The lock is the kernel's: it ends with the process, however that ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            os.close(descriptor)
            what = "another ingest is at work there"
            raise FetalHemoError("E-COHORT", what, str(folder), "wait for it") from None
    try:  # a file system without locks: go on
        yield
    finally:
        os.close(descriptor)
