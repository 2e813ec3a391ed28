"""A few real records, to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

NAMES = ("1002", "1003", "1004", "1005", "1006", "1007")


@pytest.fixture
def few(data_dir: Path, tmp_path: Path) -> Path:
    """A folder with six records and their `RECORDS`."""
    folder = tmp_path / "few"
    folder.mkdir()
    for name in NAMES:
        for suffix in (".hea", ".dat"):
            shutil.copy(data_dir / "ctu-uhb" / f"{name}{suffix}", folder)
    (folder / "RECORDS").write_text("\n".join(NAMES) + "\n")
    return folder
