"""Two slots for bundles and one small file that says which of them is in use.

Every change is a file written whole under a temporary name and renamed, so after a power cut there
is the old state or the new one. The slot in use is never written to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from firmware_bridge.lock import only_one
from firmware_bridge.store import drop_unfinished, make_folder, write_atomically

SLOTS = ("a", "b")
STATE = "slots.json"
TRIES = 3  # starts in which a new bundle must have passed its self-test once


@dataclass(frozen=True)
class State:
    """Which slot is in use. `floor` is the highest counter that was ever in use, by model name."""

    active: str
    previous: str | None = None
    trial: bool = False  # put in, not yet seen to work from a fresh start
    tries: int = 0  # starts since it was put in
    floor: dict[str, int] = field(default_factory=dict)

    def back(self) -> State | None:
        """The state with the previous slot in use again, or None without one.

        There is no way forward from it: the slot that was left is only looked at.
        """
        if self.previous is None:
            return None
        return replace(self, active=self.previous, previous=None, trial=False, tries=0)


class Slots:
    """A folder of slots; every method that writes raises `FetalHemoError` E-STORAGE."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else default_folder()

    def read(self) -> State | None:
        """The state, or None when there is none, or none that can be understood."""
        try:
            return _understood(json.loads((self.folder / STATE).read_bytes()))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def noted(self) -> bool:
        """Whether there is a state at all, be it damaged."""
        return (self.folder / STATE).exists()

    def bundle(self, slot: str) -> Path:
        """Where the bundle of a slot is."""
        return self.folder / f"{slot}.fhb"

    def key(self, slot: str) -> Path:
        """Where the public key is that signed the bundle of a slot."""
        return self.folder / f"{slot}.pub"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make the folder and hold it alone; what a killed write has left in it is swept."""
        with only_one(make_folder(self.folder), "changing the bundle"):
            drop_unfinished(self.folder)
            yield

    def fill(self, slot: str, bundle: bytes, public_key: bytes) -> None:
        """Write a bundle and its signer's key into a slot that is not in use."""
        write_atomically(self.key(slot), public_key.hex().encode() + b"\n")
        write_atomically(self.bundle(slot), bundle)

    def write(self, state: State) -> None:
        """The switch: one rename."""
        text = json.dumps(asdict(state), indent=1).encode() + b"\n"
        write_atomically(self.folder / STATE, text)


def default_folder() -> Path:
    """`$FETAL_HEMO_SLOTS`, or `fetal-hemo/slots` in `$XDG_STATE_HOME` or `~/.local/state`."""
    named = os.environ.get("FETAL_HEMO_SLOTS")
    if named:
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "fetal-hemo" / "slots"


def other(slot: str) -> str:
    """The slot beside."""
    return SLOTS[1 - SLOTS.index(slot)]


def _understood(found: dict[str, Any]) -> State:
    state = State(**found)
    good = state.active in SLOTS and state.previous in (*SLOTS, None)
    good = good and isinstance(state.trial, bool) and isinstance(state.tries, int)
    if not good or not all(isinstance(counter, int) for counter in state.floor.values()):
        raise ValueError
    return state
