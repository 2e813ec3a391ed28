"""Keeps standard output for results: whatever native libraries print goes to standard error."""

from __future__ import annotations

import io
import os
import sys

from firmware_bridge.streams import STDERR, STDOUT, is_descriptor


def keep_stdout_clean() -> None:
    """Give `sys.stdout` a descriptor of its own and point descriptor 1 at standard error.

    onnxruntime prints banners on descriptor 1 for some bad models. For the rest of the process,
    since C buffers are emptied at its end. Nothing happens where stdout is already redirected.
    """
    if not is_descriptor(sys.stdout, STDOUT):
        return
    sys.stdout.flush()
    own = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    sys.stdout = io.TextIOWrapper(os.fdopen(own, "wb"), encoding="utf-8", errors="backslashreplace")


def drop_stdout() -> None:
    """Let nothing more be written, when the reader at the other end of a pipe has gone."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        return
    finally:
        os.close(null)
