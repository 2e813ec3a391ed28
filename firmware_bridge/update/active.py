"""The bundle in use: that of the active slot, else of the one before, else the one that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from firmware_bridge.bundle import Bundle
from firmware_bridge.counters import open_allowed
from firmware_bridge.errors import EXIT_STORAGE, FetalHemoError
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.streams import note
from firmware_bridge.trust import trusted_keys
from firmware_bridge.update.content import known_state, open_allowed_slot
from firmware_bridge.update.slots import Slots, State
from firmware_bridge.update.trial import start

Made = TypeVar("Made")


def load_active(
    path: str | Path | None = None,
    trust: Iterable[str | Path] = (),
    slots: Slots | None = None,
) -> Screener:
    """A screener for the bundle `path`, or for the one in use, its self-test passed.

    A new bundle that three starts have failed with, and none has passed with, is given up. One
    that is damaged, fails or is older than the device has adopted is passed over for this start.
    Both are said on standard error. Raises the E-BUNDLE codes when not even the shipped bundle
    works, or with a `path`; E-STORAGE for a damaged record of what is adopted.
    """
    trust = tuple(trust)
    if path is not None:
        return Screener.load(path, trust)
    slots = slots or Slots()
    with start(slots) as begun:
        screener, slot = _first_that_works(slots, begun.state, trust, Screener)
        begun.passed(slot, screener.bundle)
    return screener


def open_active(
    path: str | Path | None = None,
    trust: Iterable[str | Path] = (),
    slots: Slots | None = None,
) -> Bundle:
    """The verified bundle `path`, or the one in use, without its self-test."""
    trust = tuple(trust)
    if path is not None:
        return open_allowed(path, trusted_keys(trust))
    slots = slots or Slots()
    return _first_that_works(slots, known_state(slots), trust, lambda bundle: bundle)[0]


def _first_that_works(
    slots: Slots, state: State | None, trust: tuple[str | Path, ...], make: Callable[[Bundle], Made]
) -> tuple[Made, str | None]:
    if state is None and slots.noted():
        note(f"no slot can be used, so the shipped bundle is: {slots.folder}")
    for slot in () if state is None else state.in_order():
        try:
            return make(open_allowed_slot(slots, slot, trust)), slot
        except FetalHemoError as error:
            if error.exit_status == EXIT_STORAGE:
                raise  # nothing is allowed while it is not known what was adopted
            note(f"slot {slot} is passed over: {error.line()}")
    return make(open_allowed(DEFAULT_BUNDLE, trusted_keys(trust))), None
