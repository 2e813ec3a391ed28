"""A bundle that Python refuses is refused in C for the same reason."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_bridge.bundle import MEMBERS
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import Screener
from firmware_bridge.stored_zip import pack, unpack
from firmware_bridge.trust import read_public_key

from .conftest import Library

Codes = Callable[[bytes], tuple[str | None, str | None]]


@pytest.fixture
def members(signed: Any) -> dict[str, bytes]:
    return unpack(signed.path.read_bytes(), MEMBERS)


@pytest.fixture
def codes(signed: Any, library: Library, tmp_path: Path) -> Codes:
    """The codes with which C and Python refuse a file's bytes; None and None if both take them."""

    def refuse(data: bytes) -> tuple[str | None, str | None]:
        path = tmp_path / "a.fhb"
        path.write_bytes(data)
        with library.open(path, read_public_key(signed.public_key)) as opened:
            c = library.code(opened.status) or None
            assert (opened.message().split(":")[0] or None) == c
        try:
            Screener.load(path, [signed.public_key])
        except FetalHemoError as error:
            return c, error.code
        return c, None

    return refuse


def resigned(members: dict[str, bytes], key: Ed25519PrivateKey, **change: Any) -> bytes:
    manifest = json.loads(members["manifest.json"])
    for name, value in change.items():
        section, _, field = name.rpartition("__")
        target = manifest[section] if section else manifest
        if value is None:
            del target[field]
        else:
            target[field] = value
    text = json.dumps(manifest).encode()
    return pack({**members, "manifest.json": text, "signature": key.sign(text)})


def test_whole_bundle(signed: Any, codes: Codes) -> None:
    assert codes(signed.path.read_bytes()) == (None, None)


@pytest.mark.parametrize("name", MEMBERS)
def test_flipped_bit_in_each_member(members: dict[str, bytes], codes: Codes, name: str) -> None:
    for where in (0.0, 0.5, 1.0):
        data = bytearray(members[name])
        data[round(where * (len(data) - 1))] ^= 1
        c, python = codes(pack({**members, name: bytes(data)}))
        assert c == python
        assert c is not None


def test_damaged_files(signed: Any, codes: Codes) -> None:
    data, rng = signed.path.read_bytes(), random.Random(6)
    flips = []
    for _ in range(20):
        flip = bytearray(data)
        flip[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        flips.append(bytes(flip))
    cuts = [data[: len(data) * part // 12] for part in range(12)]
    for other in (*flips, *cuts, data[:-1], data + b"x", b"x" + data, data + data, bytes(99)):
        assert codes(other) == ("E-BUNDLE-FORMAT", "E-BUNDLE-FORMAT")


def test_member_added_removed_or_reordered(members: dict[str, bytes], codes: Codes) -> None:
    names = list(members)
    swapped = {name: members[name] for name in [names[0], *reversed(names[1:])]}
    without = {name: data for name, data in members.items() if name != "sbom.json"}
    for other in ({**members, "evil.so": b"x"}, swapped, without):
        assert codes(pack(other)) == ("E-BUNDLE-FORMAT", "E-BUNDLE-FORMAT")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"counter": 0}, None),
        ({"schema_version": 2}, "E-BUNDLE-SCHEMA"),
        ({"minimum_runtime": "99.0.0"}, "E-BUNDLE-RUNTIME"),
        ({"notice": None}, "E-BUNDLE-SCHEMA"),
        ({"simulated": 1}, "E-BUNDLE-SCHEMA"),
        ({"quality_classes": ["good"]}, "E-BUNDLE-SCHEMA"),
        ({"positive_classes": []}, "E-BUNDLE-SCHEMA"),
        ({"positive_classes": ["severe"]}, "E-BUNDLE-SCHEMA"),
        ({"positive_classes": ["severe", "severe"]}, "E-BUNDLE-SCHEMA"),
        ({"positive_classes": ["normal", "elevated", "hypertensive", "severe"]}, "E-BUNDLE-SCHEMA"),
        ({"bp_thresholds_mmhg__hypertensive": [130, 80.5]}, None),
        ({"bp_thresholds_mmhg__hypertensive": [130]}, "E-BUNDLE-SCHEMA"),
        ({"bp_thresholds_mmhg__hypertensive": [130, 20]}, "E-BUNDLE-SCHEMA"),
        ({"bp_thresholds_mmhg__hypertensive": [301, 80]}, "E-BUNDLE-SCHEMA"),
        ({"bp_thresholds_mmhg__hypertensive": [130, "80"]}, "E-BUNDLE-SCHEMA"),
        ({"bp_thresholds_mmhg": {"hypertensive": [130, 80]}}, "E-BUNDLE-SCHEMA"),
        ({"input__max_windows": 0}, "E-BUNDLE-SCHEMA"),
        ({"input__sample_rate_hz": 8_000}, "E-BUNDLE-SCHEMA"),
        ({"decision__min_usable_windows": 8.5}, "E-BUNDLE-SCHEMA"),
        ({"decision__threshold": 1.01}, "E-BUNDLE-SCHEMA"),
        ({"decision__threshold": "0.5"}, "E-BUNDLE-SCHEMA"),
        ({"decision__usable_quality": ["loud"]}, "E-BUNDLE-SCHEMA"),
        ({"calibration__slope": None}, "E-BUNDLE-SCHEMA"),
        ({"session__threads": 2}, "E-BUNDLE-SCHEMA"),
        ({"tolerances__golden_abs": 1e-5}, None),
    ],
)
def test_manifests(
    signed: Any, members: dict[str, bytes], codes: Codes, change: dict[str, Any], code: str | None
) -> None:
    assert codes(resigned(members, signed.private_key, **change)) == (code, code)


def test_limits_of_the_bundle_are_told(
    signed: Any, members: dict[str, bytes], library: Library, tmp_path: Path
) -> None:
    path, limits = tmp_path / "a.fhb", [130, 80.55555]
    change = {"bp_thresholds_mmhg__hypertensive": limits}
    path.write_bytes(resigned(members, signed.private_key, **change))
    python = Screener.load(path, [signed.public_key])
    noise = np.random.default_rng(0).normal(size=80_000).astype(np.float32) * 0.1
    for samples, outcome in ((noise, "abstained"), (noise[:100], "refused")):
        with library.open(path, read_public_key(signed.public_key)) as opened:
            opened.push(samples)
            _, found = opened.result()
        expected = json.loads(json.dumps(python.screen(samples, 4_000).to_json()))
        assert found["outcome"] == expected["outcome"] == outcome
        assert found["model"] == expected["model"]
        assert found["model"]["raised_from_mmhg"] == limits


def test_signatures(signed: Any, members: dict[str, bytes], codes: Codes) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes([9] * 32))
    signature = "E-BUNDLE-SIGNATURE"
    assert codes(resigned(members, stranger)) == (signature, signature)
    unknown = resigned(members, stranger, signing_key_id="0" * 16)
    assert codes(unknown) == ("E-BUNDLE-UNTRUSTED", "E-BUNDLE-UNTRUSTED")
    short = pack({**members, "signature": members["signature"][:40]})
    assert codes(short) == (signature, signature)
    repeated = members["manifest.json"].replace(b"{", b'{"notice": "x", ', 1)
    twice = pack({**members, "manifest.json": repeated})
    assert codes(twice) == ("E-BUNDLE-SCHEMA", "E-BUNDLE-SCHEMA")


def test_wrong_golden_outputs(
    signed: Any, members: dict[str, bytes], codes: Codes, tmp_path: Path
) -> None:
    import io

    import numpy as np

    from export.bundle import write_bundle

    golden = dict(np.load(io.BytesIO(members["golden.npz"])))
    for name, code in (("logits", "E-BUNDLE-SELF-TEST"), ("samples", "E-BUNDLE-FORMAT")):
        wrong = {**golden, name: golden[name] + np.float32(0.5)}
        for save in (np.savez, np.savez_compressed):
            file = io.BytesIO()
            save(file, **wrong)
            changed = {n: members[n] for n in MEMBERS[1:-1]} | {"golden.npz": file.getvalue()}
            path = tmp_path / f"{name}.fhb"
            write_bundle(path, changed, signed.manifest, signed.private_key)
            c, python = codes(path.read_bytes())
            assert c == code
            if name == "logits":  # Python takes samples of any numeric type
                assert python == code


def test_golden_vectors_that_would_unpack_to_more_than_they_may(
    signed: Any, members: dict[str, bytes], codes: Codes, tmp_path: Path
) -> None:
    import io

    import numpy as np

    from export.bundle import write_bundle

    golden = dict(np.load(io.BytesIO(members["golden.npz"])))
    for spare, code in ((2**20, None), (2 * 2**20, "E-BUNDLE-FORMAT")):  # 4 and 8 MiB, nobody's
        file = io.BytesIO()
        np.savez_compressed(file, **golden, further=np.zeros(spare, np.float32))
        changed = {n: members[n] for n in MEMBERS[1:-1]} | {"golden.npz": file.getvalue()}
        path = tmp_path / "large.fhb"
        write_bundle(path, changed, signed.manifest, signed.private_key)
        assert codes(path.read_bytes()) == (code, code)


def test_no_bundle_and_no_library(library: Library, built: Path, signed: Any) -> None:
    key = read_public_key(signed.public_key)
    for path in (built / "absent.fhb", built):
        with library.open(path, key) as opened:
            assert library.code(opened.status) == "E-BUNDLE-NOT-FOUND"
    with library.open(signed.path) as opened:
        assert library.code(opened.status) == "E-KEY"
    with library.open(signed.path, bytes(32)) as opened:
        assert library.code(opened.status) == "E-BUNDLE-UNTRUSTED"
    without = Library(library.c, built / "libnothing.so")
    with without.open(signed.path, key) as opened:
        assert library.code(opened.status) == "E-NEEDS-EXTRA"
        assert library.c.fh_push_int16(opened.handle, b"\0\0", 1) != 0
