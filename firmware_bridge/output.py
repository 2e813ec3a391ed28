"""Writing to standard output so that a lost result is noticed."""

from __future__ import annotations

import json
import sys
from typing import Any

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.printable import printable
from firmware_bridge.stdout_guard import drop_stdout


def print_json(value: dict[str, Any]) -> None:
    """Write one JSON document on one line, and have it leave the process now.

    Raises `FetalHemoError` E-STORAGE when standard output takes no more.
    """
    _write(json.dumps(value, allow_nan=False, ensure_ascii=False))


def print_text(text: str) -> None:
    """Write printable lines and have them leave the process now; raises `FetalHemoError` E-STORAGE.

    A folder's name, or a cell that is quoted, must not steer the terminal.
    """
    _write("\n".join(map(printable, text.split("\n"))))


def _write(text: str) -> None:
    if sys.stdout is None:
        raise FetalHemoError("E-STORAGE", "standard output is closed")
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        drop_stdout()  # or the interpreter complains again when it ends
        what = f"standard output cannot be written ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what) from None
