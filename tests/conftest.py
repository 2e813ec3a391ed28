"""Where the tests find real recordings."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

# A suite started in the background ignores Ctrl-C, and so would the processes that it interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of real recordings: `FETAL_HEMO_DATA`, or `../shared/data` beside the project."""
    default = PROJECT.parent / "shared" / "data"
    folder = Path(os.environ.get("FETAL_HEMO_DATA", default))
    if not (folder / "doppler").is_dir():
        pytest.skip(f"no real recordings in {folder} (set FETAL_HEMO_DATA)")
    return folder
