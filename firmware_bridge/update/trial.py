"""A start, and what it notes of a bundle on trial: that it passed, or that it is given up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from firmware_bridge.bundle import Bundle
from firmware_bridge.counters import highest
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.streams import note
from firmware_bridge.update.content import known_state
from firmware_bridge.update.slots import Slots, State
from firmware_bridge.update.tries import TRIES, Try, failed, forget_ended


class Start:
    """One start by a state; what fails to be written must not keep anybody from screening."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._try: Try | None = None
        self.state = known_state(slots)
        if self.state is not None and self.state.trial:
            try:
                self._begin()
            except FetalHemoError as error:
                print(error.line(), file=sys.stderr)

    def _begin(self) -> None:
        with self._slots.changing():
            before = known_state(self._slots)
            if before is None:  # the folder was emptied meanwhile
                return
            self.state = without_failures(self._slots, before)
            if self.state != before:
                self._slots.write(self.state)
            sha256 = _on_trial(self._slots, self.state)
            if sha256 is not None:
                self._try = Try(self._slots.folder, sha256)

    def passed(self, slot: str | None, bundle: Bundle) -> None:
        """Note that the bundle of a slot has passed its self-test."""
        if self.state is None or not self.state.trial or slot != self.state.active:
            return
        if self._try is not None:
            self._try.passed()
        try:
            with self._slots.changing():
                self._confirm(slot, bundle)
        except FetalHemoError as error:
            print(error.line(), file=sys.stderr)

    def _confirm(self, slot: str | None, bundle: Bundle) -> None:
        """Only what is in use still: an update may have been there, or it was given up."""
        now = known_state(self._slots)
        if now is None or now.active != slot or _on_trial(self._slots, now) != bundle.sha256:
            return
        floor = highest(now.floor, [bundle.manifest])
        self._slots.write(replace(now, trial=False, floor=floor))
        forget_ended(self._slots.folder)

    def end(self) -> None:
        """What has not passed by now has failed."""
        if self._try is not None:
            self._try.end()


@contextmanager
def start(slots: Slots) -> Iterator[Start]:
    """A start that is under way."""
    begun = Start(slots)
    try:
        yield begun
    finally:
        begun.end()


def without_failures(slots: Slots, state: State) -> State:
    """The state in which nothing is on trial that has failed too often; says what is given up."""
    while failures(slots, state) >= TRIES:
        state = state.back()
        which = "shipped one" if state.active is None else "one before"
        note(f"the new bundle did not pass in {TRIES} starts; the {which} is back")
    return state


def failures(slots: Slots, state: State) -> int:
    """How many starts have failed with the bundle on trial; 0 if none is."""
    sha256 = _on_trial(slots, state)
    return 0 if sha256 is None else failed(slots.folder, sha256)


def _on_trial(slots: Slots, state: State) -> str | None:
    """SHA-256 of the bundle on trial, or None; a file that cannot be read is passed over anyway."""
    if not state.trial or state.active is None:
        return None
    return slots.sha256(state.active)
