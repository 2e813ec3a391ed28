"""The files that a study keeps: what is broken in one of them is one line that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.checks import Broken, Check

FIX = "run evaluate again, with another --out"


def broken(path: Path, what: str) -> FetalHemoError:
    """The E-RUN that says in plain words what is wrong with a file of a study."""
    return FetalHemoError("E-RUN", what, str(path), FIX)


def kept_bytes(path: Path) -> bytes:
    """The bytes of a study's file. Raises E-RUN."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise broken(path, "a file of the study is missing") from None
    except OSError as error:
        raise broken(path, f"cannot be read ({error.strerror})") from None


def kept_text(path: Path) -> str:
    """The text of a study's file. Raises E-RUN."""
    try:
        return kept_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise broken(path, "is not UTF-8 text") from None


def kept_json(path: Path, check: Check) -> dict[str, Any]:
    """The object in a study's JSON file, as `check` wants it. Raises E-RUN."""
    text = kept_text(path)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise broken(path, "is not whole JSON") from None
    if not isinstance(content, dict):
        raise broken(path, "does not hold a JSON object")
    try:
        check(content, "")
    except Broken as error:
        raise broken(path, str(error)) from None
    return content
