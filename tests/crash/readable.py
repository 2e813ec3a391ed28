"""Which files of a cohort or a run cannot be read, each by its kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile
from safetensors.numpy import load

from firmware_bridge.store import UNFINISHED

STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+ \S")
GROWS = ("survey.jsonl", "steps.jsonl", "log.txt")  # a cut may tear the last of them
TIMES = ("time", "waited_s")


def text(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert content
    assert "\0" not in content


def log(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        assert STAMP.match(line), line
        assert "\0" not in line


def lines(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        json.loads(line)


READERS: dict[str, Callable[[Path], Any]] = {
    ".json": lambda path: json.loads(path.read_bytes()),
    ".jsonl": lines,
    ".txt": log,
    ".safetensors": lambda path: load(path.read_bytes()),
    ".flac": soundfile.read,
}


def unreadable(place: Path, growing: bool = False) -> list[str]:
    """What cannot be read; with `growing` files that are added to line by line may be torn."""
    bad = []
    for path in place.rglob("*"):
        if path.is_dir() or UNFINISHED.fullmatch(path.name):
            continue
        if growing and path.name in GROWS:
            continue
        try:
            READERS.get(path.suffix, text)(path)
        except Exception as error:
            bad.append(f"{path.name}: {error!r}"[:200])
    return bad


def seen_of_steps(place: Path) -> list[dict[str, float]]:
    """The lines of all steps of a training, without times."""
    rows = [json.loads(line) for path in place.rglob("steps.jsonl") for line in path.open("rb")]
    return [{n: value for n, value in row.items() if n not in TIMES} for row in rows]
