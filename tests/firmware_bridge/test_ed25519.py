"""Verification against RFC 8032's vectors and `cryptography`, which signs on the workstation."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware_bridge.ed25519 import ORDER, is_signed

# RFC 8032, 7.1: key, message, signature
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        "f9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
        "f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
        "4dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


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
