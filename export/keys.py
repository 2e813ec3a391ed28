"""Ed25519 keys that sign bundles: a user's own is made on first use and stays on the machine."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import make_folder, write_atomically
from firmware_bridge.trust import key_id as id_of_bytes
from firmware_bridge.trust import user_key_folder

USER_KEY = "user.key"
PRIVATE_MODE = 0o600
OTHERS = 0o077


def user_key() -> Ed25519PrivateKey:
    """The user's own key, made on first use with its public half beside it, trusted here.

    Raises `FetalHemoError` E-KEY for a damaged or readable-by-others key, E-STORAGE.
    """
    path = user_key_folder() / USER_KEY
    if path.exists():
        key = load_key(path)
    else:
        make_folder(path.parent)
        key = Ed25519PrivateKey.generate()
        write_private_key(key, path)
    public = path.with_suffix(".pub")
    if not public.exists():  # also where the process was killed between the two
        write_public_key(key, public)
    return key


def load_key(path: str | Path) -> Ed25519PrivateKey:
    """The private key of a PEM file; raises `FetalHemoError` E-KEY."""
    try:
        if os.stat(path).st_mode & OTHERS:
            what = "the private key can be read by others"
            raise FetalHemoError("E-KEY", what, str(path), "chmod 600, or make a new one")
        key = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    except OSError as error:
        what = f"the key cannot be read ({error.strerror})"
        raise FetalHemoError("E-KEY", what, str(path)) from None
    except (ValueError, TypeError):
        raise FetalHemoError("E-KEY", "not an unencrypted PEM private key", str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise FetalHemoError("E-KEY", "not an Ed25519 key", str(path))
    return key


def write_private_key(key: Ed25519PrivateKey, path: str | Path) -> None:
    """Write the PEM file that `load_key` reads, for its owner only; raises E-STORAGE."""
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_atomically(path, text, PRIVATE_MODE)


def write_public_key(key: Ed25519PrivateKey, path: str | Path, comment: str = "") -> None:
    """Write the `.pub` file that a device trusts: one line of 64 hex digits; raises E-STORAGE."""
    lines = [f"# Ed25519 public key {key_id(key)}", *(f"# {x}" for x in comment.splitlines())]
    lines.append(public_bytes(key).hex())
    write_atomically(path, ("\n".join(lines) + "\n").encode("ascii", "replace"))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The raw 32 bytes of the public half."""
    return key.public_key().public_bytes_raw()


def key_id(key: Ed25519PrivateKey) -> str:
    """The 16 hex digits under which a manifest names the key."""
    return id_of_bytes(public_bytes(key))
