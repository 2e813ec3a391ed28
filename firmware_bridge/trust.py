"""The public keys whose bundles this device accepts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from firmware_bridge.errors import FetalHemoError

MODELS = Path(__file__).parent / "models"
KEY_BYTES = 32
MAX_KEY_FILE_BYTES = 4_096


def trusted_keys(extra: Iterable[str | Path] = ()) -> dict[str, bytes]:
    """Raw 32-byte Ed25519 public keys by key id: shipped ones, the user's own, and `extra` files.

    Raises `FetalHemoError` E-KEY for a file that is not one line of 64 hex digits.
    """
    own = [path for folder in (MODELS, user_key_folder()) for path in sorted(folder.glob("*.pub"))]
    keys = [read_public_key(path) for path in (*own, *extra)]
    return {key_id(key): key for key in keys}


def user_key_folder() -> Path:
    """Where the user's keys are: `$XDG_CONFIG_HOME/fetal-hemo/keys`, or under `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "fetal-hemo" / "keys"


def key_id(public_key: bytes) -> str:
    """The first 16 hex digits of the SHA-256 of a raw public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def read_public_key(path: str | Path) -> bytes:
    """The raw 32 bytes of a `.pub` file: one line of 64 hex digits; lines with `#` are comments.

    Raises `FetalHemoError` E-KEY.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_KEY_FILE_BYTES).decode("ascii", "replace")
    except OSError as error:
        what = f"the key cannot be read ({error.strerror})"
        raise FetalHemoError("E-KEY", what, str(path)) from None
    lines = [line.strip() for line in content.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) != 1 or not re.fullmatch(f"[0-9a-f]{{{2 * KEY_BYTES}}}", lines[0]):
        raise FetalHemoError("E-KEY", "a public key is one line of 64 hex digits", str(path))
    return bytes.fromhex(lines[0])
