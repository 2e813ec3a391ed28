"""Verification against RFC 8032's vectors and `cryptography`, which signs on the workstation."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware_bridge.ed25519 import ORDER, is_signed
from tests.firmware_bridge.rfc_8032 import RFC_8032


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_rfc_8032(key: str, message: str, signature: str) -> None:
    parts = [bytes.fromhex(text) for text in (signature, message, key)]
    assert is_signed(*parts)
    assert not is_signed(parts[0], parts[1] + b"x", parts[2])


def test_takes_what_cryptography_signs_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    for number in range(64):
        signer, message = Ed25519PrivateKey.from_private_bytes(rng.bytes(32)), rng.bytes(number)
        key, signature = signer.public_key().public_bytes_raw(), signer.sign(message)
        assert is_signed(signature, message, key)
        broken, other = bytearray(signature), bytearray(key)
        broken[number] ^= 1 << rng.integers(8)
        other[number % 32] ^= 1 << rng.integers(8)
        assert not is_signed(bytes(broken), message, key)
        assert not is_signed(signature, message, bytes(other))


def test_lengths_and_second_forms() -> None:
    signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key, signature = signer.public_key().public_bytes_raw(), signer.sign(b"m")
    twin = int.from_bytes(signature[32:], "little") + ORDER
    for other in (
        b"",
        signature[:63],
        signature + b"x",
        signature[:32] + twin.to_bytes(32, "little"),
    ):
        assert not is_signed(other, b"m", key)
    assert not is_signed(signature, b"m", key[:31])
    assert not is_signed(signature, b"m", key + b"x")


def test_agrees_with_cryptography_on_odd_keys() -> None:
    """Small and random encodings, most of them no points: zero signatures are the easy forgery."""
    rng = np.random.default_rng(2)
    small = [bytes([value]) + bytes(31) for value in range(8)]
    for key in [*small, b"\xff" * 32, *(rng.bytes(32) for _ in range(24))]:
        for signature in (bytes([1]) + bytes(63), bytes(64), key + bytes(32)):
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, b"m")
                expected = True
            except InvalidSignature:
                expected = False
            assert is_signed(signature, b"m", key) == expected, (key.hex(), signature.hex())
    assert not is_signed(bytes([1]) + bytes(63), b"m", bytes([1, *[0] * 30, 128]))  # 5.1.3, step 4
