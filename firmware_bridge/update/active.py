"""The bundle in use: that of the active slot, else of the one before, else the one that ships."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.trust import key_id, read_public_key, trusted_keys
from firmware_bridge.update.slots import SLOTS, TRIES, Slots, State

Made = TypeVar("Made")


def load_active(
    path: str | Path | None = None,
    trust: Iterable[str | Path] = (),
    slots: Slots | None = None,
) -> Screener:
    """A screener for the bundle `path`, or for the one in use, its self-test passed.

    A new bundle that has not passed in three starts is given up; one that is damaged or fails is
    passed over for this start. Both are said on standard error. Raises the E-BUNDLE codes when
    not even the shipped bundle works, or with a `path`.
    """
    trust = tuple(trust)
    if path is not None:
        return Screener.load(path, trust)
    slots = slots or Slots()
    state = _begin(slots)
    screener, slot = _first_that_works(slots, state, trust, Screener)
    if state is not None and state.trial and slot == state.active:
        _note(slots, replace(state, trial=False, tries=0))
    return screener


def open_active(
    path: str | Path | None = None,
    trust: Iterable[str | Path] = (),
    slots: Slots | None = None,
) -> Bundle:
    """The verified bundle `path`, or the one in use, without its self-test."""
    trust = tuple(trust)
    if path is not None:
        return open_bundle(path, trusted_keys(trust))
    slots = slots or Slots()
    return _first_that_works(slots, known_state(slots), trust, lambda bundle: bundle)[0]


def _begin(slots: Slots) -> State | None:
    """The state for this start: a bundle on trial has one try less, or is given up."""
    state = known_state(slots)
    if state is None or not state.trial:
        return state
    back = state.back()
    if state.tries >= TRIES and back is not None:
        _say(f"the new bundle did not pass in {TRIES} starts; the one before is back")
        return _note(slots, back)
    return _note(slots, replace(state, tries=state.tries + 1))


def _note(slots: Slots, state: State) -> State:
    """Write the state if that can be; a read-only disk must not keep anybody from screening."""
    try:
        slots.write(state)
    except FetalHemoError as error:
        print(error.line(), file=sys.stderr)
    return state


def _first_that_works(
    slots: Slots, state: State | None, trust: tuple[str | Path, ...], make: Callable[[Bundle], Made]
) -> tuple[Made, str | None]:
    in_order = () if state is None else (state.active, state.previous)
    for slot in filter(None, in_order):
        try:
            return make(open_slot(slots, slot, trust)), slot
        except FetalHemoError as error:
            _say(f"slot {slot} is passed over: {error.line()}")
    return make(open_bundle(DEFAULT_BUNDLE, trusted_keys(trust))), None


def open_slot(slots: Slots, slot: str, trust: Iterable[str | Path] = ()) -> Bundle:
    """The verified bundle of a slot; the key it was put in with is trusted for it."""
    key = read_public_key(slots.key(slot))
    trusted = {**trusted_keys(trust), key_id(key): key}
    return open_bundle(slots.bundle(slot), trusted)


def known_state(slots: Slots) -> State | None:
    """What is noted of the slots; None before the first update.

    If the note is damaged, the newest whole bundle counts as the one in use.
    """
    state = slots.read()
    if state is not None or not slots.noted():
        return state
    whole = []
    for slot in SLOTS:
        try:
            whole.append((open_slot(slots, slot).manifest["counter"], slot))
        except FetalHemoError:
            continue
    if not whole:
        return None
    order = [slot for _, slot in sorted(whole, reverse=True)]
    return State(active=order[0], previous=order[1] if order[1:] else None)


def _say(what: str) -> None:
    print(f"note: {what}", file=sys.stderr, flush=True)
