"""Which keys are trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.trust import key_id, read_public_key, trusted_keys

KEY = bytes(range(32))


def test_own_keys_and_named_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "fetal-hemo" / "keys"
    folder.mkdir(parents=True)
    (folder / "user.pub").write_text(f"# mine\n\n{KEY.hex()}\n")
    named = tmp_path / "other.pub"
    named.write_text("ab" * 32)
    keys = trusted_keys([named])
    assert keys[key_id(KEY)] == KEY
    assert key_id(bytes.fromhex("ab" * 32)) in keys
    assert key_id(bytes.fromhex("ab" * 32)) not in trusted_keys()


@pytest.mark.parametrize("text", ["", "# only", "ab" * 31, "zz" * 32, "ab" * 32 + "\n" + "cd" * 32])
def test_malformed_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.pub"
    path.write_text(text)
    with pytest.raises(FetalHemoError) as caught:
        read_public_key(path)
    assert caught.value.code == "E-KEY"


def test_missing_key(tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError) as caught:
        read_public_key(tmp_path / "none.pub")
    assert caught.value.code == "E-KEY"
