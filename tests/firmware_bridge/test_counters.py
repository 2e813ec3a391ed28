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


def test_adopting_begins_a_damaged_record_anew(
    signed: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The advice of the error works, and says that other models have to be adopted again."""
    trust = [str(signed.public_key)]
    old, new = (release(signed, tmp_path, counter) for counter in (5, 6))
    record_path().parent.mkdir(parents=True)
    record_path().write_text("{")
    assert verify_bundle(str(new), trust) == 6
    said = capsys.readouterr().err
    assert said.endswith("restore it, or have `verify --adopt` begin it anew, for each model\n")
    damaged = tmp_path / "damaged.fhb"
    damaged.write_bytes(new.read_bytes()[:-1])
    assert verify_bundle(str(damaged), trust, adopting=True) == 5
    assert record_path().read_text() == "{"  # only for a bundle that is right
    capsys.readouterr()
    assert verify_bundle(str(new), trust, adopting=True) == 0
    said = capsys.readouterr().err
    assert said.startswith("note: the damaged record of adopted models is begun anew")
    assert said.count("\n") == 1
    assert list(json.loads(record_path().read_text()).values()) == [6]
    assert verify_bundle(str(old), trust) == 5


def test_a_record_that_may_not_be_read_is_not_begun_anew(
    signed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    record_path().mkdir(parents=True)
    assert verify_bundle(str(signed.path), [str(signed.public_key)], adopting=True) == 6
    said = capsys.readouterr().err
    assert said.startswith(
        "E-STORAGE: the record of adopted models cannot be read (Is a directory)"
    )
    assert record_path().is_dir()
