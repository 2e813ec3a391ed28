"""What is in the slots: bundles, verified and allowed, and what is noted of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.counters import highest, open_allowed
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.trust import key_id, read_public_key, trusted_keys
from firmware_bridge.update.slots import SLOTS, Slots, State


def open_slot(slots: Slots, slot: str, trust: Iterable[str | Path] = ()) -> Bundle:
    """The verified bundle of a slot; the key it was put in with is trusted for it."""
    return open_bundle(slots.bundle(slot), _trusted(slots, slot, trust))


def open_allowed_slot(slots: Slots, slot: str, trust: Iterable[str | Path] = ()) -> Bundle:
    """The bundle of a slot, if the device has not adopted a newer release; raises as it is."""
    return open_allowed(slots.bundle(slot), _trusted(slots, slot, trust))


def is_allowed(slots: Slots, slot: str, trust: Iterable[str | Path] = ()) -> bool:
    """Whether a start would get as far as the self-test with the bundle of a slot."""
    try:
        open_allowed_slot(slots, slot, trust)
    except FetalHemoError:
        return False
    return True


def known_state(slots: Slots) -> State | None:
    """What is noted of the slots; None before the first update.

    If the note is damaged, the newest whole bundle counts as the one in use, on trial again.
    """
    state = slots.read()
    if state is not None or not slots.noted():
        return state
    whole = {}
    for slot in SLOTS:
        try:
            whole[slot] = open_slot(slots, slot).manifest
        except FetalHemoError:
            continue
    if not whole:
        return None
    order = sorted(whole, key=lambda slot: (whole[slot]["counter"], slot), reverse=True)
    floor = highest({}, whole.values())
    return State(order[0], order[1] if order[1:] else None, True, len(order) > 1, floor)


def _trusted(slots: Slots, slot: str, trust: Iterable[str | Path]) -> dict[str, bytes]:
    key = read_public_key(slots.key(slot))
    return {**trusted_keys(trust), key_id(key): key}
