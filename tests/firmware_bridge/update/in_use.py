"""What the tests of updates ask: what is in use, which code is raised; and damage to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.update.active import load_active
from firmware_bridge.update.slots import Slots, State

SHIPPED = "fetal-hemo-default"


def code_of(action: Callable[[], object]) -> str:
    """The code of the error that it raises."""
    with pytest.raises(FetalHemoError) as caught:
        action()
    return caught.value.code


def version(slots: Slots) -> str:
    """The version that a start uses."""
    return str(load_active(slots=slots).bundle.manifest["version"])


def name(slots: Slots) -> str:
    """The name of the model that a start uses."""
    return str(load_active(slots=slots).bundle.manifest["name"])


def noted(slots: Slots) -> State:
    """The state, which is there."""
    state = slots.read()
    assert state is not None
    return state


def damage(path: Path) -> None:
    """Flip one bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
