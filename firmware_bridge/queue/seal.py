"""Encryption of what a queue holds, with a key in a file that only its owner reads."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.store import PRIVATE, write_new

KEY_BYTES, NONCE_BYTES, OTHERS = 32, 12, 0o077
KEY_LINE = re.compile(rb"[0-9a-f]{64}\n?")


class Seal:
    """ChaCha20-Poly1305 (RFC 8439) under one key; fast on processors without AES."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self.key_id = hashlib.sha256(b"fetal-hemo queue" + key).hexdigest()[:16]

    def close(self, data: bytes, name: str) -> bytes:
        """Nonce and ciphertext of `data`, bound to the `name` of its record."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """The data again. Raises ValueError for anything but what `close` gave for that name."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, name.encode())
        except InvalidTag:
            raise ValueError("damaged, or sealed for another record") from None


def load_seal(path: str | Path, make: bool = False) -> Seal:
    """The `Seal` of a key file; `make` writes a new one (mode 0600) if there is none.

    Raises `FetalHemoError` E-KEY for a missing or damaged key or one that others can read, and
    E-STORAGE.
    """
    if make and not Path(path).exists():
        # Another queue may be begun with it at this moment: both then have the key that is there.
        write_new(path, os.urandom(KEY_BYTES).hex().encode() + b"\n", PRIVATE)
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                what = "the queue's key can be read by others"
                raise FetalHemoError("E-KEY", what, str(path), "chmod 600")
            line = file.read(2 * KEY_BYTES + 2)
    except OSError as error:
        what = f"the queue's key cannot be read ({error.strerror})"
        raise FetalHemoError("E-KEY", what, str(path)) from None
    if not KEY_LINE.fullmatch(line):
        raise FetalHemoError("E-KEY", "a queue's key is one line of 64 hex digits", str(path))
    return Seal(bytes.fromhex(line.decode()))
