"""SHA-256, SHA-512, CRC-32 and Ed25519 in C against published vectors and Python's own."""

from __future__ import annotations

import ctypes
import hashlib
import zlib

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.firmware_bridge.rfc_8032 import RFC_8032

ORDER = 2**252 + 27742317777372353535851937790883648493


class Bytes(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("count", ctypes.c_size_t))


def sha256(inside: ctypes.CDLL, data: bytes) -> str:
    digits = ctypes.create_string_buffer(65)
    inside.fhi_sha256_hex(data, ctypes.c_size_t(len(data)), digits)
    return digits.value.decode()


def sha512(inside: ctypes.CDLL, *parts: bytes) -> str:
    state, digest = ctypes.create_string_buffer(256), ctypes.create_string_buffer(64)
    inside.fhi_sha512_begin(state)
    for part in parts:
        inside.fhi_sha512_add(state, part, ctypes.c_size_t(len(part)))
    inside.fhi_sha512_end(state, digest)
    return digest.raw.hex()


def verify(inside: ctypes.CDLL, signature: bytes, message: bytes, key: bytes) -> bool:
    count = ctypes.c_size_t(len(message))
    return bool(inside.fhi_ed25519_verify(signature, message, count, key))


def test_nist_examples(inside: ctypes.CDLL) -> None:
    """FIPS 180-4 examples, as NIST publishes them."""
    long_one = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(inside, b"abc") == long_one
    two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    found = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    assert sha256(inside, two_blocks) == found
    assert sha512(inside, b"abc") == (
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    )


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 5_000])
def test_every_padding(inside: ctypes.CDLL, size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert sha256(inside, data) == hashlib.sha256(data).hexdigest()
    assert sha512(inside, data[: size // 3], data[size // 3 :]) == hashlib.sha512(data).hexdigest()
    inside.fhi_crc32.argtypes, inside.fhi_crc32.restype = [Bytes], ctypes.c_uint32
    assert inside.fhi_crc32(Bytes(data, size)) == zlib.crc32(data)


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_rfc_8032(inside: ctypes.CDLL, key: str, message: str, signature: str) -> None:
    parts = [bytes.fromhex(text) for text in (signature, message, key)]
    assert verify(inside, *parts)
    assert not verify(inside, parts[0], parts[1] + b"x", parts[2])


def test_verifies_what_cryptography_signs_and_nothing_else(inside: ctypes.CDLL) -> None:
    rng = np.random.default_rng(1)
    for number in range(64):
        signer, message = Ed25519PrivateKey.from_private_bytes(rng.bytes(32)), rng.bytes(number)
        key, signature = signer.public_key().public_bytes_raw(), signer.sign(message)
        assert verify(inside, signature, message, key)
        broken = bytearray(signature)
        broken[number] ^= 1 << rng.integers(8)
        assert not verify(inside, bytes(broken), message, key)
        other = bytearray(key)
        other[number % 32] ^= 1 << rng.integers(8)
        assert not verify(inside, signature, message, bytes(other))


def test_a_signature_has_one_form(inside: ctypes.CDLL) -> None:
    """s + order would verify too if it were not refused (RFC 8032, 5.1.7)."""
    signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key, signature = signer.public_key().public_bytes_raw(), signer.sign(b"m")
    twin = int.from_bytes(signature[32:], "little") + ORDER
    forged = signature[:32] + twin.to_bytes(32, "little")
    assert not verify(inside, forged, b"m", key)


def test_agrees_with_cryptography_on_odd_keys(inside: ctypes.CDLL) -> None:
    """Small and random encodings, most of them no points: zero signatures are the easy forgery."""
    rng = np.random.default_rng(2)
    small = [bytes([value]) + bytes(31) for value in range(8)]
    for key in [*small, *(rng.bytes(32) for _ in range(24))]:
        for signature in (bytes([1]) + bytes(63), bytes(64), key + bytes(32)):
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, b"m")
                expected = True
            except InvalidSignature:
                expected = False
            assert verify(inside, signature, b"m", key) == expected, (key.hex(), signature.hex())


def test_key_with_a_negative_zero(inside: ctypes.CDLL) -> None:
    """RFC 8032, 5.1.3, step 4: no point. (OpenSSL takes it.)"""
    key = bytes([1, *[0] * 30, 128])
    assert not verify(inside, bytes([1]) + bytes(63), b"m", key)
