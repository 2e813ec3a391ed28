"""Where the tests find real recordings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of real recordings: `FETAL_HEMO_DATA`, or `../shared/data` beside the project."""
    default = PROJECT.parent / "shared" / "data"
    folder = Path(os.environ.get("FETAL_HEMO_DATA", default))
    if not (folder / "doppler").is_dir():
        pytest.skip(f"no real recordings in {folder} (set FETAL_HEMO_DATA)")
    return folder
