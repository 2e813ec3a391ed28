"""An older release is refused once a newer one has been adopted, and not before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from export.bundle import write_bundle
from firmware_bridge.counters import record_path
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import Screener
from firmware_bridge.verify_command import verify_bundle


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def release(signed: Any, folder: Path, counter: int, name: str = "random") -> Path:
    path = folder / f"{name}{counter}.fhb"
    plain = {k: v for k, v in signed.manifest.items() if k not in ("members", "signing_key_id")}
    manifest = {**plain, "counter": counter, "name": name}
    write_bundle(path, signed.members, manifest, signed.private_key)
    return path


def test_downgrade(signed: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = [str(signed.public_key)]
    old, new = (release(signed, tmp_path, counter) for counter in (5, 6))
    other = release(signed, tmp_path, 1, "another")
    for path in (new, old, new):
        assert verify_bundle(str(path), trust) == 0
    assert not record_path().exists()
    assert verify_bundle(str(new), trust, adopting=True) == 0
    assert verify_bundle(str(new), trust) == verify_bundle(str(other), trust) == 0
    capsys.readouterr()
    assert verify_bundle(str(old), trust, as_json=True) == 5
    said = capsys.readouterr()
    assert json.loads(said.out)["code"] == "E-BUNDLE-OLDER"
    assert said.err.count("\n") == 1
    with pytest.raises(FetalHemoError, match="E-BUNDLE-OLDER: release 5 of random"):
        Screener.load(old, trust)
    assert verify_bundle(str(old), trust, adopting=True) == 5  # adopting never goes back
    assert list(json.loads(record_path().read_text()).values()) == [6]
    assert record_path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "[]", '{"a": "b"}', '{"a": 1.5}', "\xff"])
def test_a_damaged_record_lets_nothing_in(signed: Any, content: str) -> None:
    record_path().parent.mkdir(parents=True)
    record_path().write_bytes(content.encode("latin-1"))
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        Screener.load(signed.path, [signed.public_key])
