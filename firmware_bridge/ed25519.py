"""Is a message signed by the holder of a public key? Ed25519 (RFC 8032), verification only.

One signature is checked when a program starts, which takes 2 ms here; a cryptography library takes
several times that to import and 7 MB to hold. Nothing in a verification is secret, so nothing needs
to take the same time for all values. Signing is the workstation's, with `cryptography`.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
SIGN = 1 << 255  # of x, in an encoded point

Point = tuple[int, int, int, int]  # (x : y : z : t) with x y = z t


def is_signed(signature: bytes, message: bytes, key: bytes) -> bool:
    """Whether 64 bytes are the signature of `message` by the holder of the 32-byte `key`.

    Points that are not on the curve and a second form of a signature are refused (5.1.3, 5.1.7).
    """
    if len(signature) != 64 or len(key) != 32:
        return False
    public, s = _decoded(key), int.from_bytes(signature[32:], "little")
    if public is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    x, y, z, t = public
    found = _combined(s, challenge, (-x % P, y, z, -t % P))
    return _encoded(found) == signature[:32]


def _decoded(data: bytes) -> Point | None:
    """The point that 32 bytes stand for."""
    value = int.from_bytes(data, "little")
    y = (value & (SIGN - 1)) % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and value & SIGN):
        return None
    if bool(value & SIGN) != bool(x & 1):
        x = P - x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    x, y, z, _ = point
    scale = pow(z, -1, P)
    return (y * scale % P | (x * scale % P & 1) << 255).to_bytes(32, "little")


def _joined(p: Point, q: Point) -> Point:
    """The sum of two points (5.1.4); the formula is complete, so it doubles as well."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _combined(s: int, challenge: int, other: Point) -> Point:
    """s times the base point plus `challenge` times the other, bit by bit together."""
    base = _decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert base is not None
    terms = (None, base, other, _joined(base, other))
    total: Point = (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = _joined(total, total)
        term = terms[s >> bit & 1 | (challenge >> bit & 1) << 1]
        if term is not None:
            total = _joined(total, term)
    return total
