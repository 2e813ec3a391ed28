"""The folder of a run: what cannot be read is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.run_folder import read_facts


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_a_damaged_run_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(FetalHemoError, match=r"E-RUN: has no readable run\.json"):
        read_facts(tmp_path)
