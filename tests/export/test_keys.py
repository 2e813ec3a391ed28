"""Keys: made once, private to their owner, and readable by the device."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.keys import key_id, load_key, public_bytes, user_key, write_private_key
from fetal_hemo.errors import FetalHemoError
from firmware_bridge.trust import trusted_keys


def test_user_key_is_made_once_and_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    first = user_key()
    assert public_bytes(user_key()) == public_bytes(first)
    assert trusted_keys()[key_id(first)] == public_bytes(first)
    private = tmp_path / "fetal-hemo" / "keys" / "user.key"
    assert private.stat().st_mode & 0o777 == 0o600


def test_a_lost_public_half_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    first = user_key()
    (tmp_path / "fetal-hemo" / "keys" / "user.pub").unlink()  # as if killed before it was there
    assert public_bytes(user_key()) == public_bytes(first)
    assert trusted_keys()[key_id(first)] == public_bytes(first)


def refusal(path: Path) -> str:
    with pytest.raises(FetalHemoError) as caught:
        load_key(path)
    assert caught.value.code == "E-KEY"
    return caught.value.what


def test_bad_keys(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    assert "read" in refusal(path)
    write_private_key(Ed25519PrivateKey.generate(), path)
    path.chmod(0o644)
    assert "others" in refusal(path)
    path.write_bytes(b"nothing")
    path.chmod(0o600)
    assert "PEM" in refusal(path)
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(other)
    assert "Ed25519" in refusal(path)
