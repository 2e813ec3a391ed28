"""The writer: deterministic, checked, readable by ordinary zip tools."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import helper

from export.bundle import write_bundle
from export.keys import public_bytes
from fetal_hemo.errors import FetalHemoError
from firmware_bridge.bundle import MEMBERS
from firmware_bridge.manifest import SIGNED_MEMBERS

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
GRAPH = helper.make_graph(
    [helper.make_node("Identity", ["samples"], ["out"])],
    "g",
    *([helper.make_tensor_value_info(name, 1, ["windows"])] for name in ("samples", "out")),
)
MODEL = helper.make_model(GRAPH).SerializeToString()
CONTENT = {name: MODEL if name.endswith(".onnx") else name.encode() for name in SIGNED_MEMBERS}
MANIFEST = json.loads((Path(__file__).parent / "manifest.json").read_text())


def test_same_input_same_bytes(tmp_path: Path) -> None:
    first = write_bundle(tmp_path / "a.fhb", CONTENT, MANIFEST, KEY)
    second = write_bundle(tmp_path / "b.fhb", dict(reversed(CONTENT.items())), MANIFEST, KEY)
    assert first.sha256 == second.sha256
    assert (tmp_path / "a.fhb").read_bytes() == (tmp_path / "b.fhb").read_bytes()


def test_zip_tools_read_it_and_the_signature_is_over_the_manifest(tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.fhb", CONTENT, MANIFEST, KEY)
    with zipfile.ZipFile(tmp_path / "a.fhb") as archive:
        assert tuple(archive.namelist()) == MEMBERS
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        manifest, signature = archive.read("manifest.json"), archive.read("signature")
    KEY.public_key().verify(signature, manifest)
    assert len(public_bytes(KEY)) == 32


@pytest.mark.parametrize(
    ("members", "change", "code"),
    [
        ({**CONTENT, "more": b""}, {}, "E-BUNDLE-FORMAT"),
        ({"window.onnx": b""}, {}, "E-BUNDLE-FORMAT"),
        (CONTENT, {"schema_version": 2}, "E-BUNDLE-SCHEMA"),
        ({**CONTENT, "MODEL_CARD.md": bytes(2**18 + 1)}, {}, "E-BUNDLE-FORMAT"),
    ],
)
def test_nothing_is_left_that_a_device_would_refuse(
    tmp_path: Path, members: dict[str, bytes], change: dict[str, Any], code: str
) -> None:
    with pytest.raises(FetalHemoError) as caught:
        write_bundle(tmp_path / "a.fhb", members, {**MANIFEST, **change}, KEY)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []
