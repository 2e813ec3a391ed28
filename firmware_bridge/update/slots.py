"""Two slots for bundles and one small file that says which of them is in use.

Every change is a file written whole under a temporary name and renamed, so after a power cut there
is the old state or the new one. The slot in use is never written to.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from firmware_bridge.lock import only_one
from firmware_bridge.store import drop_unfinished, make_folder, write_atomically

SLOTS = ("a", "b")
STATE = "slots.json"
WAIT_S = 3.0  # for others; a start that notes how it went takes far less, an update may take more


@dataclass(frozen=True)
class State:
    """Which slot is in use. `floor` is the highest counter that proved itself, by signer and name.

    It also holds what was left on purpose, so that there is no way forward to it again.
    """

    active: str | None  # None: the bundle that ships
    previous: str | None = None
    trial: bool = False  # put in, not yet seen to work from a fresh start
    previous_trial: bool = False  # nor was the one before
    floor: dict[str, int] = field(default_factory=dict)

    def in_order(self) -> list[str]:
        """The slots in the order in which a start asks them."""
        return [slot for slot in (self.active, self.previous) if slot is not None]

    def back(self) -> State:
        """The state with the previous slot in use again, or the bundle that ships."""
        trial = self.previous_trial
        return replace(self, active=self.previous, previous=None, trial=trial, previous_trial=False)


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
        """Whether there is a state at all, be it damaged or out of reach."""
        try:
            (self.folder / STATE).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:  # a folder that this user may not enter
            return True
        return True

    def bundle(self, slot: str) -> Path:
        """Where the bundle of a slot is."""
        return self.folder / f"{slot}.fhb"

    def key(self, slot: str) -> Path:
        """Where the public key is that signed the bundle of a slot."""
        return self.folder / f"{slot}.pub"

    def sha256(self, slot: str) -> str | None:
        """Of the bundle file of a slot, verified or not; None when it cannot be read."""
        try:
            return hashlib.sha256(self.bundle(slot).read_bytes()).hexdigest()
        except OSError:
            return None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make the folder and hold it alone; what a killed write has left in it is swept."""
        with only_one(make_folder(self.folder), "changing the bundle", WAIT_S):
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
    known = {one.name for one in fields(State)}  # the version before had `tries` as well
    state = State(**{name: value for name, value in found.items() if name in known})
    good = {state.active, state.previous} <= {*SLOTS, None}
    good = good and isinstance(state.trial, bool) and isinstance(state.previous_trial, bool)
    if not good or not all(isinstance(counter, int) for counter in state.floor.values()):
        raise ValueError
    return state
