"""Atomic writes: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.store import make_folder, write_atomically


def test_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new", 0o600)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_storage_errors_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "taken").mkdir()
    for action in (
        lambda: write_atomically(tmp_path / "none" / "a", b""),
        lambda: write_atomically(tmp_path / "taken", b"data"),
        lambda: make_folder(tmp_path / "file" / "x"),
    ):
        with pytest.raises(FetalHemoError) as caught:
            action()
        assert caught.value.code == "E-STORAGE"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken"]
