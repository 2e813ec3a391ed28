"""Verified graphs and their manifest -> one signed bundle file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.keys import key_id, public_bytes
from fetal_hemo.errors import FetalHemoError
from firmware_bridge.bundle import MEMBERS, Bundle, verify
from firmware_bridge.manifest import SIGNED_MEMBERS, check_manifest
from firmware_bridge.store import drop_unfinished, write_atomically
from firmware_bridge.stored_zip import pack


def write_bundle(
    path: str | Path,
    members: dict[str, bytes],
    manifest: dict[str, Any],
    private_key: Ed25519PrivateKey,
) -> Bundle:
    """The bundle that now stands under `path`, checked as a device checks it.

    `manifest` lacks `members` and `signing_key_id`; they are filled in. The same input and key
    give the same bytes. Raises `FetalHemoError` E-BUNDLE-FORMAT, E-BUNDLE-SCHEMA, E-STORAGE.
    """
    where = str(path)
    if set(members) != set(SIGNED_MEMBERS):
        what = f"the members must be {', '.join(SIGNED_MEMBERS)}"
        raise FetalHemoError("E-BUNDLE-FORMAT", what, where)
    whole = {**manifest, "signing_key_id": key_id(private_key), "members": _described(members)}
    check_manifest(whole, where)
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False).encode()
    signed = {**members, "manifest.json": text, "signature": private_key.sign(text)}
    data = pack({name: signed[name] for name in MEMBERS})
    bundle = verify(data, {key_id(private_key): public_bytes(private_key)}, where)
    drop_unfinished(Path(path).parent, Path(path).name)
    write_atomically(path, data)
    return bundle


def _described(members: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {
        name: {"sha256": hashlib.sha256(members[name]).hexdigest(), "bytes": len(members[name])}
        for name in SIGNED_MEMBERS
    }
