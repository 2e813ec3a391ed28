"""Every way to change a bundle is refused before onnxruntime sees a byte of it."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.keys import key_id, public_bytes
from firmware_bridge.bundle import MEMBERS
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import Screener
from firmware_bridge.stored_zip import pack, unpack


@pytest.fixture
def members(signed: Any) -> dict[str, bytes]:
    return unpack(signed.path.read_bytes(), MEMBERS)


@pytest.fixture
def refusal(signed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that gives the code with which bytes are refused; a session is a failure."""

    def no_session(*_: object, **__: object) -> None:
        pytest.fail("a session was made from a bundle that is not verified")

    monkeypatch.setattr(onnxruntime, "InferenceSession", no_session)

    def refuse(data: bytes, trust: Path | None = signed.public_key) -> str:
        path = tmp_path / "a.fhb"
        path.write_bytes(data)
        with pytest.raises(FetalHemoError) as caught:
            Screener.load(path, [trust] if trust else [])
        assert "\n" not in caught.value.line()
        assert caught.value.exit_status == 5
        return caught.value.code

    return refuse


def resigned(
    members: dict[str, bytes], change: dict[str, Any], key: Ed25519PrivateKey
) -> dict[str, bytes]:
    manifest = {**json.loads(members["manifest.json"]), **change}
    text = json.dumps(manifest).encode()
    return {**members, "manifest.json": text, "signature": key.sign(text)}


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_flipped_bit_in_each_member(
    members: dict[str, bytes], refusal: Any, name: str, where: float
) -> None:
    data = bytearray(members[name])
    data[round(where * (len(data) - 1))] ^= 1
    expected = {"E-BUNDLE-HASH"}
    if name in ("manifest.json", "signature"):
        expected = {"E-BUNDLE-SIGNATURE", "E-BUNDLE-SCHEMA"}
    assert refusal(pack({**members, name: bytes(data)})) in expected


def test_random_flips_of_the_file(signed: Any, refusal: Any) -> None:
    original = signed.path.read_bytes()
    rng = random.Random(5)
    for _ in range(60):
        data = bytearray(original)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        assert refusal(bytes(data)) == "E-BUNDLE-FORMAT"  # a checksum or a header is wrong


def test_truncated_extended_and_empty(signed: Any, refusal: Any) -> None:
    data = signed.path.read_bytes()
    cuts = [data[: len(data) * i // 12] for i in range(12)]
    for other in (*cuts, data[:-1], data + b"x", b"x" + data, data + data, b"text", bytes(99)):
        assert refusal(other) == "E-BUNDLE-FORMAT"


def test_member_added_removed_reordered_doubled(members: dict[str, bytes], refusal: Any) -> None:
    names = list(members)
    swapped = {name: members[name] for name in [names[0], *reversed(names[1:])]}
    without = {name: data for name, data in members.items() if name != "sbom.json"}
    for other in ({**members, "evil.so": b"x"}, swapped, without):
        assert refusal(pack(other)) == "E-BUNDLE-FORMAT"
    for name in ("../x", "/etc/x", "WINDOW.ONNX"):
        renamed = {name if old == "window.onnx" else old: members[old] for old in members}
        assert refusal(pack(renamed)) == "E-BUNDLE-FORMAT"


def test_key_that_is_not_trusted(signed: Any, members: dict[str, bytes], refusal: Any) -> None:
    assert refusal(signed.path.read_bytes(), trust=None) == "E-BUNDLE-UNTRUSTED"
    stranger = Ed25519PrivateKey.from_private_bytes(bytes([9] * 32))
    own_name = resigned(members, {"signing_key_id": key_id(stranger)}, stranger)
    assert refusal(pack(own_name)) == "E-BUNDLE-UNTRUSTED"
    assert refusal(pack(resigned(members, {}, stranger))) == "E-BUNDLE-SIGNATURE"
    assert public_bytes(stranger) != public_bytes(signed.private_key)


def test_signature_of_another_manifest(
    signed: Any, members: dict[str, bytes], refusal: Any
) -> None:
    older = resigned(members, {"counter": 0}, signed.private_key)
    mixed = {**members, "signature": older["signature"]}
    assert refusal(pack(mixed)) == "E-BUNDLE-SIGNATURE"
    swapped = {**older, "window.onnx": members["recording.onnx"]}
    assert refusal(pack(swapped)) == "E-BUNDLE-HASH"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schema_version": 0}, "E-BUNDLE-SCHEMA"),
        ({"schema_version": 2}, "E-BUNDLE-SCHEMA"),
        ({"minimum_runtime": "99.0.0"}, "E-BUNDLE-RUNTIME"),
        ({"session": {"opt": "all", "threads": 1, "x64quantprecision": False}}, "E-BUNDLE-SCHEMA"),
        ({"signing_key_id": None}, "E-BUNDLE-UNTRUSTED"),
        ({"signing_key_id": ["a"]}, "E-BUNDLE-UNTRUSTED"),
        ({"members": {}}, "E-BUNDLE-SCHEMA"),
        # "simulated" cannot be taken back, not even by who holds the key
        ({"simulated": False, "training_data": {"simulated": True}}, "E-BUNDLE-SCHEMA"),
        ({"simulated": None}, "E-BUNDLE-SCHEMA"),
        ({"notice": "ready for the clinic"}, "E-BUNDLE-SCHEMA"),
    ],
)
def test_well_signed_nonsense(
    signed: Any, members: dict[str, bytes], refusal: Any, change: dict[str, Any], code: str
) -> None:
    assert refusal(pack(resigned(members, change, signed.private_key))) == code


def test_files_that_are_no_bundles(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.fhb", Path("/dev/zero")):
        with pytest.raises(FetalHemoError) as caught:
            Screener.load(path)
        assert caught.value.code == "E-BUNDLE-NOT-FOUND"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("window.onnx", b"", "E-BUNDLE-FORMAT"),
        ("window.onnx", b"\x08\x07 not a graph", "E-BUNDLE-FORMAT"),
        ("recording.onnx", bytes(1_000), "E-BUNDLE-FORMAT"),
        ("golden.npz", b"PK\x05\x06" + bytes(18), "E-BUNDLE-FORMAT"),
        ("golden.npz", b"junk", "E-BUNDLE-FORMAT"),
    ],
)
def test_hostile_but_well_signed_members(
    signed: Any,
    members: dict[str, bytes],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    data: bytes,
    code: str,
) -> None:
    described = {**signed.manifest["members"]}
    described[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    hostile = resigned({**members, name: data}, {"members": described}, signed.private_key)
    path = tmp_path / "a.fhb"
    path.write_bytes(pack(hostile))
    with pytest.raises(FetalHemoError) as caught:
        Screener.load(path, [signed.public_key])
    assert caught.value.code == code
    assert capfd.readouterr().out == ""


def test_swapped_graphs_fail_the_self_test(
    signed: Any, members: dict[str, bytes], tmp_path: Path
) -> None:
    swapped = {**members, "window.onnx": members["recording.onnx"]}
    described = {**signed.manifest["members"]}
    described["window.onnx"] = described["recording.onnx"]
    hostile = resigned(swapped, {"members": described}, signed.private_key)
    path = tmp_path / "a.fhb"
    path.write_bytes(pack(hostile))
    with pytest.raises(FetalHemoError) as caught:
        Screener.load(path, [signed.public_key])
    assert caught.value.code == "E-BUNDLE-SELF-TEST"
