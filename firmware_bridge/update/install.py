"""Putting a new bundle into use, step by step; wherever it is cut short, one good bundle is left.

1. verify what was brought: signature, hashes, schema, counter, self-test
2. write it into the slot that is not in use; what it holds is no way back from then on
3. read it back from there, and run its self-test
4. switch, with one rename
5. the next start that passes the self-test confirms it; three that do not go back
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from firmware_bridge.bundle import Bundle, open_bundle, read_bundle, verify
from firmware_bridge.counters import check_counter, release_of
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.trust import trusted_keys
from firmware_bridge.update.active import known_state, open_slot
from firmware_bridge.update.slots import SLOTS, Slots, State, other


def install(
    new: str | Path, trust: Iterable[str | Path] = (), slots: Slots | None = None
) -> Bundle:
    """The bundle that is now in use; nothing happens when it was so before.

    Raises `FetalHemoError` with the E-BUNDLE codes (-OLDER when its counter is not above every
    one that was in use by its signer and name), E-KEY or E-STORAGE; the one in use then stays so.
    """
    slots = slots or Slots()
    trusted = trusted_keys(trust)
    data = read_bundle(new, str(new))
    bundle = verify(data, trusted, str(new))
    check_counter(bundle.manifest, bundle.where)
    with slots.changing():
        state = known_state(slots)
        if state is not None and _has(slots, state.active, bundle):
            return bundle  # an update that was cut short after the switch, begun again
        floor = _floor(slots, state)
        require_newer(bundle, floor)
        Screener(bundle)  # proved before anything is overwritten
        target = SLOTS[0] if state is None else other(state.active)
        if state is not None and state.previous == target:
            state = replace(state, previous=None, floor=floor)
            slots.write(state)
        slots.fill(target, data, trusted[bundle.manifest["signing_key_id"]])
        written = Screener(open_slot(slots, target, trust)).bundle
        if written.sha256 != bundle.sha256:
            what = "what was written is not what was brought"
            raise FetalHemoError("E-STORAGE", what, str(slots.folder), "check the disk")
        slots.write(_switched(state, target, floor, bundle))
    return written


def go_back(slots: Slots | None = None, trust: Iterable[str | Path] = ()) -> Bundle:
    """The bundle of the previous slot, in use again after its self-test; raises as `install`."""
    slots = slots or Slots()
    with slots.changing():
        state = known_state(slots)
        back = None if state is None else state.back()
        if back is None:
            what = "there is no earlier bundle to go back to"
            fix = "remove that folder to have the shipped one again"
            raise FetalHemoError("E-BUNDLE-NOT-FOUND", what, str(slots.folder), fix)
        bundle = Screener(open_slot(slots, back.active, trust)).bundle
        slots.write(back)
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


def _floor(slots: Slots, state: State | None) -> dict[str, int]:
    """The highest counter by signer and name: of what is noted, in the slots, and shipped."""
    floor = dict(state.floor) if state is not None else {}
    known = [open_bundle(DEFAULT_BUNDLE, trusted_keys())]
    in_slots = () if state is None else (state.active, state.previous)
    for slot in filter(None, in_slots):
        try:
            known.append(open_slot(slots, slot))
        except FetalHemoError:
            continue  # damaged: it can be replaced
    for bundle in known:
        release = release_of(bundle.manifest)
        floor[release] = max(bundle.manifest["counter"], floor.get(release, -1))
    return floor


def _switched(state: State | None, slot: str, floor: dict[str, int], bundle: Bundle) -> State:
    floor = {**floor, release_of(bundle.manifest): bundle.manifest["counter"]}
    previous = None if state is None else state.active
    return State(active=slot, previous=previous, trial=True, tries=0, floor=floor)
