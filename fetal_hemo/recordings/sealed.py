"""JSON documents that carry their own checksum: every flipped bit and every cut is found."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SEAL = "seal"  # the sha256 of the document without this field


def seal(content: dict[str, Any]) -> bytes:
    """The one way to write `content` with its seal; raises ValueError for NaN and infinity."""
    digest = hashlib.sha256(_written(content)).hexdigest()
    return _written({**content, SEAL: digest})


def unseal(data: bytes) -> dict[str, Any]:
    """The content of a sealed document; raises ValueError when a single bit of it is wrong."""
    try:
        content = json.loads(data)
        del content[SEAL]
        whole = seal(content) == data
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise ValueError("damaged")
    return content


def _written(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode("ascii")
