"""A bundle file -> verified members. Nothing in it reaches onnxruntime before this has passed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from firmware_bridge import ed25519
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.graph_check import check_graph
from firmware_bridge.manifest import SIGNED_MEMBERS, check_manifest, parse_manifest
from firmware_bridge.stored_zip import NotCanonical, unpack

MEMBERS = ("manifest.json", *SIGNED_MEMBERS, "signature")
MAX_BUNDLE_BYTES = 16 * 2**20
MAX_GOLDEN_BYTES = 8 * 2**20  # unpacked
MAX_MEMBER_BYTES = {
    "manifest.json": 2**18,
    "window.onnx": 12 * 2**20,
    "recording.onnx": 4 * 2**20,
    "golden.npz": 2 * 2**20,
    "MODEL_CARD.md": 2**18,
    "sbom.json": 2**20,
    "signature": 64,
}


@dataclass(frozen=True)
class Bundle:
    """A bundle whose signature, hashes and manifest have been checked."""

    manifest: dict[str, Any]
    members: dict[str, bytes]
    sha256: str  # of the whole file
    size: int  # of the whole file, in bytes
    where: str  # the file as the user named it, for messages

    def golden(self) -> dict[str, np.ndarray]:
        """Inputs and expected outputs of the self-test; raises E-BUNDLE-FORMAT."""
        file = io.BytesIO(self.members["golden.npz"])
        try:
            with zipfile.ZipFile(file) as packed:  # no more than it says is ever unpacked
                too_large = sum(one.file_size for one in packed.infolist()) > MAX_GOLDEN_BYTES
            if too_large:
                raise ValueError(too_large)
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)
        except Exception:  # zipfile, zlib and numpy raise a dozen kinds for damaged input
            what = "golden.npz cannot be read"
            raise FetalHemoError("E-BUNDLE-FORMAT", what, self.where) from None


def open_bundle(path: str | Path, trusted: dict[str, bytes]) -> Bundle:
    """The verified `Bundle` of a file; `trusted` holds public keys by key id.

    Raises `FetalHemoError` E-BUNDLE-NOT-FOUND, -FORMAT, -SCHEMA, -UNTRUSTED, -SIGNATURE, -HASH
    or -RUNTIME.
    """
    return verify(read_bundle(path, str(path)), trusted, str(path))


def verify(data: bytes, trusted: dict[str, bytes], where: str) -> Bundle:
    """The verified `Bundle` of a file's bytes; raises as `open_bundle`."""
    members = _members(data, where)
    manifest = parse_manifest(members["manifest.json"], where)
    _check_signature(manifest, members, trusted, where)
    check_manifest(manifest, where)
    for name in SIGNED_MEMBERS:
        _check_member(manifest["members"][name], members[name], name, where)
    for name in ("window.onnx", "recording.onnx"):
        check_graph(members[name], name, where)
    return Bundle(manifest, members, hashlib.sha256(data).hexdigest(), len(data), where)


def read_bundle(path: str | Path, where: str) -> bytes:
    """The bytes of a bundle file, not yet checked; raises E-BUNDLE-NOT-FOUND."""
    try:
        if not Path(path).is_file():  # a pipe or device would never end
            folder = Path(path).is_dir()
            what = "is a folder, not a bundle" if folder else "there is no such bundle"
            raise FetalHemoError("E-BUNDLE-NOT-FOUND", what, where, "name a .fhb file")
        with open(path, "rb") as file:
            return file.read(MAX_BUNDLE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        what = f"cannot be read ({reason})"
        raise FetalHemoError("E-BUNDLE-NOT-FOUND", what, where) from None


def _members(data: bytes, where: str) -> dict[str, bytes]:
    if len(data) > MAX_BUNDLE_BYTES:
        raise FetalHemoError("E-BUNDLE-FORMAT", "larger than 16 MiB", where)
    try:
        members = unpack(data, MEMBERS)
    except NotCanonical as error:
        raise FetalHemoError("E-BUNDLE-FORMAT", f"not a bundle: {error}", where) from None
    for name, most in MAX_MEMBER_BYTES.items():
        if len(members[name]) > most:
            raise FetalHemoError("E-BUNDLE-FORMAT", f"{name} is larger than {most} bytes", where)
    return members


def _check_signature(
    manifest: dict[str, Any], members: dict[str, bytes], trusted: dict[str, bytes], where: str
) -> None:
    """The manifest names its key before it can be believed; only a trusted key is looked up."""
    name = manifest.get("signing_key_id")
    key = trusted.get(name) if isinstance(name, str) else None
    if key is None:
        what = "signed by a key that is not trusted here"
        fix = "get the signer's .pub file and name it with --trust"
        raise FetalHemoError("E-BUNDLE-UNTRUSTED", what, where, fix)
    if not ed25519.is_signed(members["signature"], members["manifest.json"], key):
        what = "the signature does not fit the manifest"
        raise FetalHemoError("E-BUNDLE-SIGNATURE", what, where, "get the file again")


def _check_member(expected: dict[str, Any], data: bytes, name: str, where: str) -> None:
    found = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    if found != expected:
        what = f"{name} is not what the manifest signs for"
        raise FetalHemoError("E-BUNDLE-HASH", what, where, "get the file again")
