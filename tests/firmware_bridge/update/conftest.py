"""A folder of slots, and putting releases into use there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots

Release = Callable[[int], Path]


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return Slots(tmp_path / "slots")


@pytest.fixture
def update(signed: Any, release: Release, slots: Slots) -> Callable[[int], None]:
    """Puts a release into use: `update(2)`."""

    def made(number: int) -> None:
        install(release(number), [signed.public_key], slots)

    return made
