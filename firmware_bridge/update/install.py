"""Putting a new bundle into use, step by step; wherever it is cut short, one good bundle is left.

1. verify what was brought: signature, hashes, schema, counter, self-test
2. write it into the slot that is not in use, or is no use; what it holds is no way back from then
3. read it back from there, and run its self-test
4. switch, with one rename
5. the next start that passes the self-test confirms it; after three that did not it is given up
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from firmware_bridge.bundle import Bundle, open_bundle, read_bundle, verify
from firmware_bridge.counters import check_counter, highest, release_of
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.trust import trusted_keys
from firmware_bridge.update.content import is_allowed, known_state, open_allowed_slot, open_slot
from firmware_bridge.update.slots import SLOTS, Slots, State, other
from firmware_bridge.update.trial import failures, without_failures
from firmware_bridge.update.tries import forget_ended


def install(
    new: str | Path, trust: Iterable[str | Path] = (), slots: Slots | None = None
) -> Bundle:
    """The bundle that is now in use; nothing happens when it was so before.

    Raises `FetalHemoError` with the E-BUNDLE codes (-OLDER when its counter is not above every
    one that proved itself by its signer and name), E-KEY or E-STORAGE; what is in use then stays.
    """
    slots = slots or Slots()
    trusted = trusted_keys(trust)
    data = read_bundle(new, str(new))
    bundle = verify(data, trusted, str(new))
    check_counter(bundle.manifest, bundle.where)
    with slots.changing():
        state = without_failures(slots, known_state(slots) or State(active=None))
        if state.active is not None and _has(slots, state.active, bundle):
            return bundle  # an update that was cut short after the switch, begun again
        floor = _with_shipped(state.floor)
        require_newer(bundle, _with_slots(floor, slots, state))
        Screener(bundle)  # proved before anything is overwritten
        state = _make_room(slots, replace(state, floor=floor), trust)
        target = SLOTS[0] if state.active is None else other(state.active)
        slots.fill(target, data, trusted[bundle.manifest["signing_key_id"]])
        written = Screener(open_slot(slots, target, trust)).bundle
        if written.sha256 != bundle.sha256:
            what = "what was written is not what was brought"
            raise FetalHemoError("E-STORAGE", what, str(slots.folder), "check the disk")
        forget_ended(slots.folder)  # it may have failed when it was here before
        slots.write(State(target, state.active, True, state.trial, state.floor))
    return written


def go_back(slots: Slots | None = None, trust: Iterable[str | Path] = ()) -> Bundle:
    """The bundle of the previous slot, in use again after its self-test; raises as `install`.

    There is no way forward to what was left, as there is to what is given up after failed starts.
    """
    slots = slots or Slots()
    with slots.changing():
        state = known_state(slots)
        if state is None or state.previous is None:
            what = "there is no earlier bundle to go back to"
            fix = "remove that folder to have the shipped one again"
            raise FetalHemoError("E-BUNDLE-NOT-FOUND", what, str(slots.folder), fix)
        bundle = Screener(open_allowed_slot(slots, state.previous, trust)).bundle
        slots.write(replace(state.back(), floor=_with_slots(state.floor, slots, state)))
    return bundle


def require_newer(bundle: Bundle, floor: dict[str, int]) -> None:
    """Raises E-BUNDLE-OLDER when the counter has been reached by its signer and name."""
    release, counter = release_of(bundle.manifest), bundle.manifest["counter"]
    if counter <= floor.get(release, -1):
        name = bundle.manifest["name"]
        what = f"its counter is {counter}, this device has had {floor[release]} of {name}"
        raise FetalHemoError("E-BUNDLE-OLDER", what, bundle.where, "get a newer one")


def _has(slots: Slots, slot: str, bundle: Bundle) -> bool:
    try:
        return open_slot(slots, slot).sha256 == bundle.sha256
    except FetalHemoError:
        return False  # damaged


def _make_room(slots: Slots, state: State, trust: Iterable[str | Path]) -> State:
    """The state, written, of the first slot that is good, or none; the other one is free then.

    On trial it is good as long as no start has failed: the one before has proved itself.
    """
    while state.active is not None and (
        failures(slots, state) or not is_allowed(slots, state.active, trust)
    ):
        state = state.back()
    state = replace(state, previous=None, previous_trial=False)
    if state != slots.read():
        slots.write(state)
    return state


def _with_shipped(floor: dict[str, int]) -> dict[str, int]:
    return highest(floor, [open_bundle(DEFAULT_BUNDLE, trusted_keys()).manifest])


def _with_slots(floor: dict[str, int], slots: Slots, state: State) -> dict[str, int]:
    """The highest counter by signer and name: of what is noted, and in the slots."""
    for slot in state.in_order():
        try:
            floor = highest(floor, [open_slot(slots, slot).manifest])
        except FetalHemoError:
            continue  # damaged: it can be replaced
    return floor
